import reports.models
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0003_item_kinds_of_evidence"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="signature",
            # A grant of before still opens its queue; its member is admitted again before the next key.
            field=reports.models.BytesField(default=b""),
            preserve_default=False,
        ),
    ]

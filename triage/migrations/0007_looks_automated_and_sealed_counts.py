from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("triage", "0006_sent_mail_has_a_name")]

    operations = [
        migrations.RenameField("workitem", "hasty", "looks_automated"),
        migrations.RemoveConstraint("slip", "slip_kind_known"),
        migrations.RenameModel("Slip", "SealedCount"),
        migrations.RenameIndex("sealedcount", new_name="sealed_count_week", old_name="slip_week"),
        migrations.AddConstraint(
            "sealedcount",
            models.CheckConstraint(
                condition=models.Q(kind__in=["report", "decision"]), name="sealed_count_kind_known"
            ),
        ),
    ]

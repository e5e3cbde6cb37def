from django.db import migrations, models

KINDS = [
    ("report", "Report"),
    ("contact", "Contact"),
    ("assessment", "Assessment"),
    ("decision", "Decision"),
    ("addition", "Addition"),
    ("reply", "Reply"),
    ("note", "Note"),
    ("withdrawal", "Withdrawal"),
    ("file", "File"),
    ("file_clean", "File Clean"),
]


def rename(before, after):
    def rows(apps, schema_editor):
        apps.get_model("reports", "Item").objects.filter(kind=before).update(kind=after)

    return rows


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_selectors")]

    operations = [
        migrations.RenameField("report", "hurry", "danger_ticked"),
        migrations.RemoveConstraint("item", "item_kind_known"),
        migrations.RunPython(rename("answer", "reply"), rename("reply", "answer")),
        migrations.AlterField("item", "kind", models.CharField(choices=KINDS, max_length=12)),
        migrations.AddConstraint(
            "item",
            models.CheckConstraint(
                condition=models.Q(kind__in=[value for value, _ in KINDS]), name="item_kind_known"
            ),
        ),
    ]

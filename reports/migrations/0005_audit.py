"""The audit chain, and the guard of the database: rows are added, never changed or taken away.

The owner of the table can take the guard off (reports/audit/verify.py: unguarded); the roles of the
processes cannot. TRUNCATE is a right of its own that no process role is given.
"""

from django.db import migrations, models

REFUSE = "the audit chain is only added to"
GUARD = {
    "sqlite": [
        f"CREATE TRIGGER reports_audit_no_{verb.lower()} BEFORE {verb} ON reports_audit "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSE}'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"""
        CREATE FUNCTION reports_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{REFUSE}' USING ERRCODE = 'integrity_constraint_violation'; END $$
        """,
        """
        CREATE TRIGGER reports_audit_guard BEFORE UPDATE OR DELETE ON reports_audit
        FOR EACH ROW EXECUTE FUNCTION reports_audit_refuse()
        """,
        "REVOKE ALL ON reports_audit FROM PUBLIC",
    ],
}
UNGUARD = {
    "sqlite": ["DROP TRIGGER reports_audit_no_update", "DROP TRIGGER reports_audit_no_delete"],
    "postgresql": [
        "DROP TRIGGER reports_audit_guard ON reports_audit",
        "DROP FUNCTION reports_audit_refuse()",
    ],
}


def guard(apps, schema_editor):
    for statement in GUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in UNGUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_grant_signature")]

    operations = [
        migrations.CreateModel(
            name="Audit",
            fields=[
                ("seq", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=25)),
                ("previous", models.CharField(max_length=64, unique=True)),
                ("entry", models.TextField()),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
            options={"verbose_name": "audit entry", "verbose_name_plural": "audit entries"},
        ),
        migrations.RunPython(guard, unguard),
    ]

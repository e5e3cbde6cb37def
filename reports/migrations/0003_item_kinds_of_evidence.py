from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_item_kinds_of_the_mailbox'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='item',
            name='item_kind_known',
        ),
        migrations.AlterField(
            model_name='item',
            name='kind',
            field=models.CharField(choices=[('report', 'Report'), ('contact', 'Contact'), ('assessment', 'Assessment'), ('decision', 'Decision'), ('addition', 'Addition'), ('answer', 'Answer'), ('note', 'Note'), ('withdrawal', 'Withdrawal'), ('file', 'File'), ('file_clean', 'File Clean')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['report', 'contact', 'assessment', 'decision', 'addition', 'answer', 'note', 'withdrawal', 'file', 'file_clean'])), name='item_kind_known'),
        ),
    ]

"""A number that rises whenever an agent's calendar is locked; room for it to rise in place."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_shift_scope'),
    ]

    operations = [
        migrations.AddField(
            model_name='agent',
            name='calendar_version',
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RunSQL(
            "ALTER TABLE accounts_agent SET (fillfactor = 80)", "ALTER TABLE accounts_agent RESET (fillfactor)"
        ),
    ]

"""The limits that were measured best on small centres too. A policy that nobody has changed follows."""

import django.core.validators
from django.db import migrations, models

FOLLOW = """
UPDATE marketplace_policy SET dwell_seconds = 30, moves_per_duty = 40, moves_per_hour = 8, switch_constant = 0.05
WHERE (dwell_seconds, moves_per_duty, moves_per_hour, switch_constant) = (60, 16, 4, 0.065)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0009_own_safety'),
    ]

    operations = [
        migrations.AlterField(
            model_name='policy',
            name='dwell_seconds',
            field=models.FloatField(default=30, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AlterField(
            model_name='policy',
            name='moves_per_duty',
            field=models.PositiveIntegerField(default=40),
        ),
        migrations.AlterField(
            model_name='policy',
            name='moves_per_hour',
            field=models.FloatField(default=8, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AlterField(
            model_name='policy',
            name='switch_constant',
            field=models.FloatField(default=0.05, help_text='Smaller moves people more often.', validators=[django.core.validators.MinValueValidator(0.01)]),
        ),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
    ]

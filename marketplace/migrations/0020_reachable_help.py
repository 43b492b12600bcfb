"""Limits that leave even a small centre its few helpers. A policy that nobody has changed follows."""

import django.core.validators
from django.db import migrations, models

FOLLOW = """
UPDATE marketplace_policy SET dwell_seconds = 10, moves_per_duty = 80, moves_per_hour = 20, min_remaining_seconds = 30,
    switch_constant = 0.04
WHERE (dwell_seconds, moves_per_duty, moves_per_hour, min_remaining_seconds, switch_constant) = (30, 40, 8, 120, 0.05)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0019_fair_opening'),
    ]

    operations = [
        migrations.AlterField(
            model_name='policy',
            name='dwell_seconds',
            field=models.FloatField(default=10, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AlterField(
            model_name='policy',
            name='min_remaining_seconds',
            field=models.FloatField(default=30, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AlterField(
            model_name='policy',
            name='moves_per_duty',
            field=models.PositiveIntegerField(default=80),
        ),
        migrations.AlterField(
            model_name='policy',
            name='moves_per_hour',
            field=models.FloatField(default=20, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AlterField(
            model_name='policy',
            name='switch_constant',
            field=models.FloatField(default=0.04, help_text='Smaller moves people more often.', validators=[django.core.validators.MinValueValidator(0.01)]),
        ),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
    ]

"""Why a place went past somebody who waits."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0021_pauses'),
    ]

    operations = [
        migrations.AddField(
            model_name='waitingplace',
            name='against',
            field=models.JSONField(db_default=[], default=list, help_text='Codes of what stood against it then.'),
        ),
        migrations.AddField(
            model_name='waitingplace',
            name='passed_at',
            field=models.DateTimeField(help_text='When a place last went past this one.', null=True),
        ),
    ]

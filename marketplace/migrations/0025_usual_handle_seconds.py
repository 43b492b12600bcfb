from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0024_rules_of_claims")]
    operations = [
        migrations.AddField(
            model_name="queue",
            name="usual_handle_seconds",
            field=models.FloatField(
                editable=False, help_text="What it was in the last four weeks; worked out nightly.", null=True
            ),
        ),
    ]

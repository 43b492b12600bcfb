from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0025_usual_handle_seconds")]
    operations = [
        migrations.AddField(
            model_name="shift",
            name="version",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="Rises when the shift is changed: a claim is judged anew.",
            ),
        ),
    ]

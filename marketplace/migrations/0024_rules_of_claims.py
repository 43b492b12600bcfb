"""The number by which readers keep what claims are judged by rises with the market policy too."""

from django.db import migrations

CHANGED = """
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE ON marketplace_marketpolicy
    FOR EACH STATEMENT EXECUTE FUNCTION competence_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0023_swap_in_return"), ("skills", "0004_competence_clock")]
    operations = [migrations.RunSQL(CHANGED, "DROP TRIGGER rules_changed ON marketplace_marketpolicy")]

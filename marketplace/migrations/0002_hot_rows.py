"""Room for in-place updates of the hot rows, the one policy, and the competence version for what queues ask."""

from django.db import migrations

ROOM = """
ALTER TABLE marketplace_agentnow SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE marketplace_queuenow SET (fillfactor = 50);
ALTER TABLE marketplace_interval SET (fillfactor = 80);
"""
TIGHT = """
ALTER TABLE marketplace_agentnow RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE marketplace_queuenow RESET (fillfactor);
ALTER TABLE marketplace_interval RESET (fillfactor);
"""
POLICY = """
INSERT INTO marketplace_policy (id, stopped, dwell_seconds, moves_per_duty, moves_per_hour, min_remaining_seconds,
    donor_margin, switch_constant, changeover_seconds) VALUES (1, false, 60, 16, 4, 120, 1.5, 0.065, 5)
"""


def trigger(table, events):
    return (
        f"CREATE TRIGGER competence_changed AFTER {events} ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION competence_changed();"
    )


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0001_initial"), ("skills", "0002_competence_version")]
    operations = [
        migrations.RunSQL(ROOM, TIGHT),
        migrations.RunSQL(POLICY, "DELETE FROM marketplace_policy"),
        *[
            migrations.RunSQL(trigger(table, events), f"DROP TRIGGER competence_changed ON {table}")
            for table, events in [
                ("marketplace_queue", "INSERT OR DELETE OR UPDATE OF is_active"),
                ("marketplace_queueskill", "INSERT OR UPDATE OR DELETE"),
                ("marketplace_queuecertification", "INSERT OR UPDATE OR DELETE"),
            ]
        ],
    ]

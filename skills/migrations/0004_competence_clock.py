"""The number of everyone's competence comes from the clock and rises with names too.

A number that was taken back by a rollback, or that a copy of the database has come to by other changes, never comes
again: whoever kept something by it in memory would take the one for the other.
"""

from django.db import migrations

NAMED = ["skills_skill", "skills_certification"]
CLOCK = """
CREATE OR REPLACE FUNCTION competence_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE skills_competenceversion
    SET number = greatest(number + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    RETURN NULL;
END $$;
UPDATE skills_competenceversion
SET number = greatest(number + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
"""
COUNT = """
CREATE OR REPLACE FUNCTION competence_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE skills_competenceversion SET number = number + 1;
    RETURN NULL;
END $$;
"""


def trigger(table):
    return (
        f"CREATE TRIGGER name_changed AFTER UPDATE OF name ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION competence_changed();"
    )


class Migration(migrations.Migration):
    dependencies = [("skills", "0003_skill_requests")]
    operations = [
        migrations.RunSQL(CLOCK, COUNT),
        *[migrations.RunSQL(trigger(table), f"DROP TRIGGER name_changed ON {table}") for table in NAMED],
    ]

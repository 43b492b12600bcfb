"""A number that rises in the same transaction as any change of who may do what; readers cache by it."""

from django.db import migrations

TABLES = ["skills_skill_implies", "skills_proficiency", "skills_certificate"]

FUNCTION = """
CREATE FUNCTION competence_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE skills_competenceversion SET number = number + 1;
    RETURN NULL;
END $$;
INSERT INTO skills_competenceversion (id, number) VALUES (1, 1);
"""


def trigger(table):
    return (
        f"CREATE TRIGGER competence_changed AFTER INSERT OR UPDATE OR DELETE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION competence_changed();"
    )


class Migration(migrations.Migration):
    dependencies = [("skills", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION competence_changed() CASCADE; DELETE FROM skills_competenceversion"),
        *[
            migrations.RunSQL(trigger(table), f"DROP TRIGGER competence_changed ON {table}")
            for table in TABLES
        ],
    ]

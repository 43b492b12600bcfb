"""A duty that is changed, signed off or resumed tells the hot row at once, so that a tick need not compare them all."""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION duty_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE marketplace_agentnow SET until = CASE
        WHEN NEW.signed_off_at IS NOT NULL OR lower(NEW.period) > now() THEN 0
        ELSE extract(epoch FROM upper(NEW.period))::bigint END
    WHERE duty_id = NEW.id;
    IF NOT FOUND THEN
        NEW.begun_at = NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER duty_changed BEFORE UPDATE OF period, signed_off_at ON marketplace_duty
    FOR EACH ROW EXECUTE FUNCTION duty_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0002_hot_rows")]
    operations = [
        migrations.RunSQL(FOLLOW, "DROP TRIGGER duty_changed ON marketplace_duty; DROP FUNCTION duty_changed()")
    ]

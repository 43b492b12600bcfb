"""All of the first 23 migrations at once, for a new database; one that has them already takes this one for done.

Django renders the models anew after each change of one of them, which cost the first start 7.8 s of processor time: here
they are rendered once, and it takes 1.2 s.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import gigcx.accounts.models
import marketplace.models.market
import marketplace.models.queues
import marketplace.models.shifts
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

ROOM = """
ALTER TABLE marketplace_agentnow SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE marketplace_queuenow SET (fillfactor = 50);
ALTER TABLE marketplace_interval SET (fillfactor = 80);
"""
DUTY = """
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
COMPETENCE = {
    "marketplace_queue": "INSERT OR DELETE OR UPDATE OF is_active",
    "marketplace_queueskill": "INSERT OR UPDATE OR DELETE",
    "marketplace_queuecertification": "INSERT OR UPDATE OR DELETE",
}
"""The tables that say who may do what, and which changes of them raise its version."""


class CreateModels(Operation):
    """Many models, each before those that point to it."""

    def __init__(self, models):
        self.models = models

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # rendered anew when it is next asked for
        for one in self.models:
            one.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for one in self.models:
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute("DROP FUNCTION duty_changed() CASCADE")
        for one in reversed(self.models):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.models)} models"


def trigger(table, events):
    return (
        f"CREATE TRIGGER competence_changed AFTER {events} ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION competence_changed();"
    )


def make_policies(apps, schema_editor):
    """The one row of each, with its defaults."""
    apps.get_model("marketplace", "Policy").objects.create(pk=1)
    apps.get_model("marketplace", "MarketPolicy").objects.create(pk=1)


MODELS = [
    migrations.CreateModel(
        name='Queue',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('code', models.CharField(max_length=64, unique=True)),
            ('name', models.CharField(max_length=120)),
            ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='queues', to='accounts.department')),
            ('channel', models.CharField(choices=[('voice', 'voice'), ('chat', 'chat'), ('mail', 'mail')], default='voice', max_length=8)),
            ('target_share', models.FloatField(default=0.8, help_text='Share of contacts to answer within the target seconds.')),
            ('target_seconds', models.FloatField(default=20)),
            ('patience_seconds', models.FloatField(default=180, help_text='Mean time after which a waiting customer gives up.')),
            ('handle_seconds', models.FloatField(default=180, help_text='Mean contact and wrap-up time until it was measured.')),
            ('priority', models.PositiveSmallIntegerField(default=1, help_text='1 to 9; multiplies what a lost contact weighs.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)])),
            ('occupancy_cap', models.FloatField(default=0.9, help_text='At most this share of the time on contacts; need is planned so.')),
            ('shrinkage', models.FloatField(default=0, help_text='Share of planned people who are absent: breaks, illness, training.')),
            ('least_agents', models.PositiveIntegerField(default=0, help_text='So many are needed whenever the queue is open, however quiet.')),
            ('own_safety', models.FloatField(db_default=1, default=1, editable=False, help_text='Part of its safety that it still needs when others help out; worked out nightly.')),
            ('opens', models.TimeField(blank=True, null=True)),
            ('closes', models.TimeField(blank=True, null=True)),
            ('timezone', models.CharField(default='UTC', max_length=64, validators=[gigcx.accounts.models.validate_timezone])),
            ('country', models.CharField(blank=True, db_default='', help_text='Whose public holidays the forecast knows, in letters like IT or DE-BY. Empty: none.', max_length=8, validators=[marketplace.models.queues.validate_country])),
            ('like', models.ForeignKey(blank=True, help_text='A queue whose days look alike: the forecast borrows its shape until this one has its own.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='marketplace.queue')),
            ('curve', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), blank=True, help_text='Contacts in each of the 24 hours of an ordinary day, where nothing was counted yet.', null=True, size=None, validators=[marketplace.models.queues.validate_curve])),
            ('home_allowed', models.BooleanField(default=True, help_text='May be served from home.')),
            ('is_active', models.BooleanField(default=True)),
        ],
        options={
            'ordering': ['name'],
            'constraints': [models.CheckConstraint(condition=models.Q(('target_share__gt', 0), ('target_share__lte', 1)), name='queue_target_share'), models.CheckConstraint(condition=models.Q(('handle_seconds__gt', 0), ('patience_seconds__gt', 0), ('target_seconds__gte', 0)), name='queue_seconds'), models.CheckConstraint(condition=models.Q(('occupancy_cap__gt', 0), ('occupancy_cap__lte', 1)), name='queue_occupancy_cap'), models.CheckConstraint(condition=models.Q(('shrinkage__gte', 0), ('shrinkage__lt', 1)), name='queue_shrinkage'), models.CheckConstraint(condition=models.Q(('own_safety__gte', 0), ('own_safety__lte', 1)), name='queue_own_safety'), models.CheckConstraint(condition=models.Q(('priority__gte', 1), ('priority__lte', 9)), name='queue_priority'), models.CheckConstraint(condition=models.Q(models.Q(('closes__isnull', True), ('opens__isnull', True)), models.Q(('closes__isnull', False), ('opens__isnull', False)), _connector='OR'), name='queue_hours_both'), models.CheckConstraint(condition=models.Q(('like', models.F('pk')), _negated=True), name='queue_like_another'), models.CheckConstraint(condition=models.Q(('curve__isnull', True), ('curve__len', 24), _connector='OR'), name='queue_curve_hours')],
        },
    ),
    migrations.CreateModel(
        name='ShiftPolicy',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('department', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='shift_policy', to='accounts.department')),
            ('currency', models.CharField(default='EUR', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Write a code like EUR.')])),
            ('missing_per_hour', models.PositiveIntegerField(default=6000, help_text='What an hour costs in which somebody is missing, in minor units such as cents.')),
            ('over_per_hour', models.PositiveIntegerField(default=200, help_text='What an hour costs, beside the pay, in which somebody is not needed.')),
            ('night_share', models.FloatField(default=0.25, help_text='Added to the pay from 22:00 to 6:00; 0.25 is a quarter more.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(5)])),
            ('weekend_share', models.FloatField(default=0.25, help_text='Added to the pay on Saturdays and Sundays.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(5)])),
            ('standby_extra_per_hour', models.PositiveIntegerField(default=200, help_text='What people who can serve several queues get more for an hour.')),
            ('site', models.ForeignKey(blank=True, help_text='Where shifts on site are worked.', null=True, on_delete=django.db.models.deletion.SET_NULL, to='accounts.site')),
        ],
        options={
            'verbose_name_plural': 'shift policies',
        },
    ),
    migrations.CreateModel(
        name='ShiftPattern',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shift_patterns', to='accounts.department')),
            ('name', models.CharField(max_length=60)),
            ('work_place', models.CharField(choices=[('site', 'on site'), ('home', 'from home')], default='site', max_length=4)),
            ('pay_per_hour', models.PositiveIntegerField(default=1800, help_text='In minor units such as cents.', validators=[django.core.validators.MinValueValidator(1)])),
            ('cost_per_shift', models.PositiveIntegerField(default=0, help_text='What each costs beside its hours.')),
            ('least_hours', models.FloatField(default=4, validators=[django.core.validators.MinValueValidator(0.25), django.core.validators.MaxValueValidator(24)])),
            ('most_hours', models.FloatField(default=8, validators=[django.core.validators.MinValueValidator(0.25), django.core.validators.MaxValueValidator(24)])),
            ('step_hours', models.FloatField(default=2, help_text='From one length to the next.', validators=[django.core.validators.MinValueValidator(0.25), django.core.validators.MaxValueValidator(24)])),
            ('first_start', models.TimeField(help_text="No shift starts earlier, by the queues' clock.")),
            ('last_start', models.TimeField(help_text='No shift starts later.')),
            ('start_minutes', models.PositiveSmallIntegerField(choices=[(15, '15'), (30, '30'), (60, '60')], default=30, help_text='From one start to the next.')),
            ('break_minutes', models.PositiveSmallIntegerField(choices=[(0, 'none'), (15, '15'), (30, '30'), (45, '45'), (60, '60')], default=0)),
            ('break_paid', models.BooleanField(default=False)),
            ('break_from_hours', models.FloatField(default=6, help_text='Shifts at least so long have the break.', validators=[django.core.validators.MinValueValidator(0.25), django.core.validators.MaxValueValidator(24)])),
            ('break_margin_hours', models.FloatField(default=2, help_text='So long after the start at the earliest, and so long before the end at the latest.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(12)])),
            ('is_active', models.BooleanField(default=True)),
        ],
        options={
            'ordering': ['department', 'name'],
            'constraints': [models.UniqueConstraint(fields=('department', 'name'), name='shift_pattern_once'), models.CheckConstraint(condition=models.Q(('least_hours__gt', 0), ('least_hours__lte', models.F('most_hours')), ('step_hours__gt', 0)), name='shift_pattern_hours')],
        },
    ),
    migrations.CreateModel(
        name='ShiftProposal',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shift_proposals', to='accounts.department')),
            ('queue_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ('since', models.DateTimeField()),
            ('until', models.DateTimeField()),
            ('standby', models.BooleanField(default=False, help_text='With shifts that serve several of the queues.')),
            ('status', models.CharField(choices=[('waiting', 'waiting'), ('working', 'working'), ('ready', 'ready'), ('kept', 'kept as drafts'), ('failed', 'failed')], default='waiting', max_length=8)),
            ('done', models.PositiveIntegerField(default=0, help_text='Parts of the search that are solved.')),
            ('parts', models.PositiveIntegerField(default=0)),
            ('asked_by', models.CharField(max_length=64)),
            ('asked_at', models.DateTimeField()),
            ('started_at', models.DateTimeField(null=True)),
            ('finished_at', models.DateTimeField(null=True)),
            ('currency', models.CharField(default='EUR', max_length=3)),
            ('objective', models.BigIntegerField(help_text='Pay, and the price of what is missing and idle.', null=True)),
            ('bound', models.BigIntegerField(help_text='Nothing costs less.', null=True)),
            ('result', models.JSONField(default=dict, help_text='Shifts, and people by queue and interval.')),
            ('trouble', models.CharField(blank=True, help_text='Why it failed.', max_length=400)),
        ],
        options={
            'indexes': [models.Index(fields=['department', '-asked_at'], name='shift_proposal_newest')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['waiting', 'working'])), fields=('department',), name='shift_proposal_one_running'), models.CheckConstraint(condition=models.Q(('since__lt', models.F('until'))), name='shift_proposal_period')],
        },
    ),
    migrations.CreateModel(
        name='CalendarFeed',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('agent', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to='accounts.agent')),
            ('hash', models.CharField(max_length=64, unique=True)),
            ('made_at', models.DateTimeField()),
        ],
    ),
    migrations.CreateModel(
        name='BusyCalendar',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='busy_calendars', to='accounts.agent')),
            ('name', models.CharField(max_length=60)),
            ('url', models.CharField(blank=True, max_length=1000)),
            ('due_at', models.DateTimeField(help_text='When it is to be read next; empty: never again.', null=True)),
            ('read_at', models.DateTimeField(help_text='When it was last read without trouble.', null=True)),
            ('trouble', models.CharField(blank=True, help_text='Why it could not be read the last time: a code.', max_length=40)),
        ],
        options={
            'ordering': ['name', 'id'],
            'indexes': [models.Index(fields=['due_at'], name='busy_calendar_due')],
            'constraints': [models.UniqueConstraint(fields=('agent', 'name'), name='busy_calendar_name_once')],
        },
    ),
    migrations.CreateModel(
        name='WeeklyAvailability',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='weekly_availabilities', to='accounts.agent')),
            ('weekday', models.PositiveSmallIntegerField(help_text='0 is Monday.')),
            ('start', models.TimeField()),
            ('end', models.TimeField()),
            ('since', models.DateField(blank=True, null=True)),
            ('until', models.DateField(blank=True, null=True)),
        ],
        options={
            'verbose_name_plural': 'weekly availabilities',
            'ordering': ['weekday', 'start', 'since'],
            'indexes': [models.Index(fields=['weekday', 'agent'], name='weekly_availability_of_day')],
            'constraints': [models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='weekly_availability_weekday'), models.CheckConstraint(condition=models.Q(('since__isnull', True), ('until__isnull', True), ('since__lt', models.F('until')), _connector='OR'), name='weekly_availability_bounds')],
        },
    ),
    migrations.CreateModel(
        name='TelemetryBatch',
        fields=[
            ('id', models.UUIDField(primary_key=True, serialize=False)),
            ('received_at', models.DateTimeField()),
        ],
        options={
            'verbose_name_plural': 'telemetry batches',
            'indexes': [models.Index(fields=['received_at'], name='batch_received')],
        },
    ),
    migrations.CreateModel(
        name='MarketPolicy',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('rest_hours', models.FloatField(blank=True, default=11, help_text='Between two stretches of work. Empty: no such rule.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(24)])),
            ('hours_per_day', models.FloatField(blank=True, default=10, help_text='Empty: no such rule.', null=True, validators=[django.core.validators.MinValueValidator(0)])),
            ('hours_per_week', models.FloatField(blank=True, default=48, help_text='Empty: no such rule.', null=True, validators=[django.core.validators.MinValueValidator(0)])),
            ('consecutive_days', models.PositiveSmallIntegerField(blank=True, default=6, help_text='Days of work in a row. Empty: no such rule.', null=True)),
            ('earliest_claim_days', models.PositiveSmallIntegerField(blank=True, default=60, help_text='Shifts are claimed at most so long ahead. Empty: any time.', null=True)),
            ('latest_claim_minutes', models.PositiveIntegerField(default=0, help_text='Claims end so long before the start of a shift.')),
            ('undo_seconds', models.PositiveIntegerField(default=300, help_text='A claim is undone freely for so long.')),
            ('lock_down_hours', models.FloatField(default=48, help_text='From so long before the start a place is not given back but held until somebody takes it over.', validators=[django.core.validators.MinValueValidator(0)])),
            ('replace_until_minutes', models.PositiveIntegerField(default=60, help_text='Whoever was not replaced so long before the start is expected to come.')),
            ('reconfirm_hours', models.FloatField(default=24, help_text='So long before the start people are asked to confirm that they will come.', validators=[django.core.validators.MinValueValidator(0)])),
            ('check_in_minutes', models.PositiveIntegerField(default=15, help_text='Check-in opens so long before the start.')),
            ('no_show_minutes', models.PositiveIntegerField(default=10, help_text='Whoever has not checked in so long after the start counts as no-show.')),
            ('offer_minutes', models.PositiveIntegerField(default=30, help_text='An offer from the waiting list is open for so long; for less if the shift starts soon.', validators=[django.core.validators.MinValueValidator(1)])),
            ('tiers', models.JSONField(default=marketplace.models.market.usual_tiers, help_text='Least reliability from 0 to 1, and minutes until a shift that opens by tiers opens to them.', validators=[marketplace.models.market.validate_tiers])),
            ('swap_hours', models.PositiveSmallIntegerField(db_default=48, default=48, help_text='A swap waits so long for an answer, at most until the first of its shifts.', validators=[django.core.validators.MinValueValidator(1)])),
            ('swap_needs_approval', models.BooleanField(default=False, help_text='A dispatcher approves every swap.')),
            ('late_cancel_hours', models.FloatField(default=24, help_text='An organisation that cancels a shift later than so long before its start pays for it.', validators=[django.core.validators.MinValueValidator(0)])),
            ('late_cancel_share', models.FloatField(default=0.5, help_text='Share of the pay that is due then.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)])),
        ],
        options={
            'verbose_name_plural': 'market policy',
            'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='market_policy_one_row')],
        },
    ),
    migrations.CreateModel(
        name='Lending',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('lender', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lendings', to='accounts.department')),
            ('borrower', models.ForeignKey(blank=True, help_text='Empty: any department.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='borrowings', to='accounts.department')),
            ('agent', models.ForeignKey(blank=True, help_text='Empty: everybody of the department.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='lendings', to='accounts.agent')),
            ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(help_text='An end that is left open lasts until recalled.')),
            ('recalled_at', models.DateTimeField(blank=True, editable=False, null=True)),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False)), name='lending_period'), models.CheckConstraint(condition=models.Q(('borrower__isnull', True), models.Q(('borrower', models.F('lender')), _negated=True), _connector='OR'), name='lending_to_another')],
        },
    ),
    migrations.CreateModel(
        name='MatcherRun',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('started_at', models.DateTimeField()),
            ('finished_at', models.DateTimeField(null=True)),
            ('trigger', models.CharField(max_length=48)),
            ('agents', models.IntegerField(default=0)),
            ('queues', models.IntegerField(default=0)),
            ('objective', models.FloatField(null=True)),
            ('planned', models.IntegerField(default=0)),
            ('applied', models.IntegerField(default=0)),
            ('stale', models.IntegerField(default=0)),
        ],
        options={
            'indexes': [models.Index(fields=['-started_at'], name='run_started')],
        },
    ),
    migrations.CreateModel(
        name='Policy',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('stopped', models.BooleanField(default=False, help_text='No automatic move anywhere.')),
            ('dwell_seconds', models.FloatField(default=10, validators=[django.core.validators.MinValueValidator(0)])),
            ('moves_per_duty', models.PositiveIntegerField(default=80)),
            ('moves_per_hour', models.FloatField(default=20, validators=[django.core.validators.MinValueValidator(0)])),
            ('min_remaining_seconds', models.FloatField(default=30, validators=[django.core.validators.MinValueValidator(0)])),
            ('donor_margin', models.FloatField(default=1.5, validators=[django.core.validators.MinValueValidator(1)])),
            ('switch_constant', models.FloatField(default=0.04, help_text='Smaller moves people more often.', validators=[django.core.validators.MinValueValidator(0.01)])),
            ('changeover_seconds', models.FloatField(default=5, help_text='Taken until enough moves were measured.', validators=[django.core.validators.MinValueValidator(0)])),
        ],
        options={
            'verbose_name_plural': 'policy',
            'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='policy_one_row')],
        },
    ),
    migrations.CreateModel(
        name='Supply',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplies', to='accounts.department')),
            ('name', models.CharField(max_length=80)),
            ('kind', models.CharField(choices=[('internal', 'internal'), ('lent', 'lent by another department'), ('external', 'external'), ('standby', 'standby')], max_length=10)),
            ('hourly_cost', models.PositiveIntegerField(help_text='For each hour, in minor units such as cents.')),
            ('reservation_fee', models.PositiveIntegerField(default=0, help_text='For each hour held ready, called or not, in minor units.')),
            ('currency', models.CharField(default='EUR', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Write a code like EUR.')])),
            ('show_share', models.FloatField(default=1, help_text='Share of the planned hours that really come, above 0 to 1.', validators=[django.core.validators.MinValueValidator(0.01), django.core.validators.MaxValueValidator(1)])),
            ('hours_a_week', models.FloatField(blank=True, help_text='The most that can be had in a week. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(0)])),
            ('notice_hours', models.FloatField(default=168, help_text='So long before the work they must be asked.', validators=[django.core.validators.MinValueValidator(0)])),
            ('is_active', models.BooleanField(default=True)),
        ],
        options={
            'verbose_name_plural': 'supplies',
            'ordering': ['department', 'hourly_cost', 'name'],
            'constraints': [models.UniqueConstraint(fields=('department', 'name'), name='supply_once'), models.CheckConstraint(condition=models.Q(('show_share__gt', 0), ('show_share__lte', 1)), name='supply_show_share'), models.CheckConstraint(condition=models.Q(('notice_hours__gte', 0), models.Q(('hours_a_week__isnull', True), ('hours_a_week__gte', 0), _connector='OR')), name='supply_hours')],
        },
    ),
    migrations.CreateModel(
        name='Upload',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('name', models.CharField(max_length=200)),
            ('content', models.BinaryField()),
            ('timezone', models.CharField(default='UTC', max_length=64, validators=[gigcx.accounts.models.validate_timezone])),
            ('choices', models.JSONField(default=dict, help_text='What the person chose for each kind of finding.')),
            ('state', models.CharField(choices=[('looking', 'being looked at'), ('seen', 'looked at'), ('loading', 'being loaded'), ('loaded', 'loaded'), ('failed', 'could not be loaded')], default='looking', max_length=8)),
            ('progress', models.FloatField(default=0, help_text='Share that is done of what is under way.')),
            ('report', models.JSONField(default=dict, help_text='What was found, and what would be or was done.')),
            ('problem', models.TextField(blank=True)),
            ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ('uploaded_at', models.DateTimeField()),
            ('changed_at', models.DateTimeField()),
        ],
        options={
            'ordering': ['-uploaded_at'],
        },
    ),
    migrations.CreateModel(
        name='QueueSkill',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('queue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks_skills', to='marketplace.queue')),
            ('skill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='skills.skill')),
            ('level', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('queue', 'skill'), name='queue_skill_once')],
        },
    ),
    migrations.CreateModel(
        name='QueueCertification',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('queue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks_certifications', to='marketplace.queue')),
            ('certification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='skills.certification')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('queue', 'certification'), name='queue_certification_once')],
        },
    ),
    migrations.CreateModel(
        name='Duty',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duties', to='accounts.agent')),
            ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ('queue', models.ForeignKey(blank=True, help_text='Where the agent starts.', null=True, on_delete=django.db.models.deletion.SET_NULL, to='marketplace.queue')),
            ('site', models.ForeignKey(blank=True, help_text='Empty: from home.', null=True, on_delete=django.db.models.deletion.SET_NULL, to='accounts.site')),
            ('source', models.CharField(choices=[('roster', 'roster'), ('booking', 'booking'), ('hand', 'by hand')], default='roster', max_length=8)),
            ('signed_off_at', models.DateTimeField(blank=True, help_text='Ended early by the agent or a dispatcher.', null=True)),
            ('begun_at', models.DateTimeField(editable=False, help_text='When the agent was taken on; empty again if the duty is to begin anew.', null=True)),
        ],
        options={
            'verbose_name_plural': 'duties',
            'indexes': [django.contrib.postgres.indexes.GistIndex(condition=models.Q(('begun_at__isnull', True)), fields=['period'], name='duty_to_begin'), django.contrib.postgres.indexes.GistIndex(condition=models.Q(('site__isnull', False)), fields=['site', 'period'], name='duty_site_period')],
            'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('agent', '='), ('period', '&&')], name='duty_no_overlap'), models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='duty_bounded')],
        },
    ),
    migrations.CreateModel(
        name='Shift',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('queue', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='marketplace.queue')),
            ('department', models.ForeignKey(blank=True, help_text='Of a standby shift.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='standby_shifts', to='accounts.department')),
            ('starts_at', models.DateTimeField()),
            ('ends_at', models.DateTimeField()),
            ('places', models.PositiveIntegerField(default=1)),
            ('work_place', models.CharField(choices=[('site', 'on site'), ('home', 'from home')], max_length=4)),
            ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.site')),
            ('breaks', models.JSONField(default=list, help_text='Each with start, end and whether it is paid.')),
            ('pay_per_hour', models.PositiveIntegerField(help_text='Without premiums, in minor units.')),
            ('pay', models.PositiveIntegerField(help_text='Of one place for the whole shift, premiums included.')),
            ('currency', models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Write a code like EUR.')])),
            ('status', models.CharField(choices=[('draft', 'draft'), ('open', 'open'), ('cancelled', 'cancelled')], default='draft', max_length=9)),
            ('bonus_per_hour', models.PositiveIntegerField(db_default=0, default=0, help_text='On top of the pay, in minor units; to fill what is hard to fill.')),
            ('notes', models.CharField(blank=True, db_default='', max_length=400)),
            ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('internal', 'internal, lent by a department'), ('external', 'external, gig')], max_length=8), blank=True, db_default=models.Value([]), default=list, help_text='Who may claim it; empty: internal and external people.', size=None)),
            ('claim_from', models.DateTimeField(blank=True, help_text='Empty: as the market policy says.', null=True)),
            ('claim_until', models.DateTimeField(blank=True, help_text='Empty: as the market policy says.', null=True)),
            ('taken', models.PositiveIntegerField(db_default=0, default=0, editable=False, help_text='Places that are booked, or kept for an offer.')),
            ('opened_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ('opening', models.CharField(choices=[('first', 'to everyone at once'), ('draw', 'by a draw'), ('tiers', 'to the most reliable first')], db_default='first', default='first', editable=False, max_length=5)),
            ('draw_until', models.DateTimeField(blank=True, editable=False, help_text='Until then everyone may ask; then it is drawn.', null=True)),
            ('cancelled_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ('pattern', models.CharField(blank=True, max_length=60)),
            ('proposal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shifts', to='marketplace.shiftproposal')),
            ('created_at', models.DateTimeField()),
            ('created_by', models.CharField(max_length=64)),
        ],
        options={
            'ordering': ['starts_at', 'ends_at', 'id'],
            'indexes': [django.contrib.postgres.indexes.GistIndex(marketplace.models.shifts.TsTzRange('starts_at', 'ends_at', django.contrib.postgres.fields.ranges.RangeBoundary()), condition=models.Q(('status', 'cancelled'), _negated=True), name='shift_period'), django.contrib.postgres.indexes.GistIndex(models.F('site'), marketplace.models.shifts.TsTzRange('starts_at', 'ends_at', django.contrib.postgres.fields.ranges.RangeBoundary()), condition=models.Q(('site__isnull', False), models.Q(('status', 'cancelled'), _negated=True)), name='shift_site_period'), models.Index(fields=['starts_at', 'id'], name='shift_starts')],
            'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', True), ('queue__isnull', False)), models.Q(('department__isnull', False), ('queue__isnull', True)), _connector='OR'), name='shift_queue_or_standby'), models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='shift_period_runs'), models.CheckConstraint(condition=models.Q(('places__gte', 1)), name='shift_places'), models.CheckConstraint(condition=models.Q(('taken__lte', models.F('places'))), name='shift_not_overfull'), models.CheckConstraint(condition=models.Q(('work_place', 'site'), ('site__isnull', True), _connector='OR'), name='shift_home_no_site'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'open', 'cancelled'])), name='shift_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('draw_until__isnull', False), ('opening', 'draw')), models.Q(models.Q(('opening', 'draw'), _negated=True), ('draw_until__isnull', True)), _connector='OR'), name='shift_draw_has_time')],
        },
    ),
    migrations.CreateModel(
        name='Availability',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='availabilities', to='accounts.agent')),
            ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ('kind', models.CharField(choices=[('available', 'available'), ('blackout', 'not available')], max_length=9)),
            ('source', models.CharField(choices=[('own', 'entered'), ('calendar', 'from a calendar'), ('time_off', 'time off')], default='own', max_length=8)),
            ('calendar', models.ForeignKey(blank=True, help_text='Where the period was read.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='busy', to='marketplace.busycalendar')),
            ('note', models.CharField(blank=True, max_length=120)),
        ],
        options={
            'verbose_name_plural': 'availabilities',
            'indexes': [django.contrib.postgres.indexes.GistIndex(fields=['agent', 'period'], name='availability_period')],
            'constraints': [models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='availability_bounded')],
        },
    ),
    migrations.CreateModel(
        name='Preference',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('agent', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='preference', to='accounts.agent')),
            ('work_place', models.CharField(blank=True, choices=[('site', 'on site'), ('home', 'from home')], help_text='Empty: either.', max_length=4)),
            ('hours_wanted', models.FloatField(blank=True, help_text='A week.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(168)])),
            ('least_hours', models.FloatField(blank=True, help_text='A week.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(168)])),
            ('most_hours', models.FloatField(blank=True, help_text='A week.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(168)])),
            ('queues', models.ManyToManyField(blank=True, related_name='+', to='marketplace.queue')),
            ('sites', models.ManyToManyField(blank=True, related_name='+', to='accounts.site')),
        ],
    ),
    migrations.CreateModel(
        name='Interval',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('queue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='marketplace.queue')),
            ('starts_at', models.DateTimeField()),
            ('seconds', models.PositiveIntegerField()),
            ('offered', models.PositiveIntegerField()),
            ('answered', models.PositiveIntegerField(default=0)),
            ('answered_in_target', models.PositiveIntegerField(default=0)),
            ('abandoned', models.PositiveIntegerField(default=0)),
            ('handle_seconds', models.FloatField(default=0, help_text='Sum over the contacts that ended in the interval.')),
            ('as_of', models.DateTimeField(help_text='When these totals held; an older report never replaces a newer one.')),
        ],
        options={
            'indexes': [models.Index(fields=['starts_at'], name='interval_starts')],
            'constraints': [models.UniqueConstraint(fields=('queue', 'starts_at', 'seconds'), name='interval_once'), models.CheckConstraint(condition=models.Q(('seconds__gt', 0)), name='interval_seconds')],
        },
    ),
    migrations.CreateModel(
        name='Forecast',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('queue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='marketplace.queue')),
            ('starts_at', models.DateTimeField()),
            ('seconds', models.PositiveIntegerField()),
            ('mean', models.FloatField()),
            ('p10', models.FloatField()),
            ('p50', models.FloatField()),
            ('p90', models.FloatField()),
            ('planned_mean', models.FloatField(null=True)),
            ('planned_p10', models.FloatField(null=True)),
            ('planned_p50', models.FloatField(null=True)),
            ('planned_p90', models.FloatField(null=True)),
        ],
        options={
            'indexes': [models.Index(fields=['starts_at'], name='forecast_starts')],
            'constraints': [models.UniqueConstraint(fields=('queue', 'starts_at'), name='forecast_once'), models.CheckConstraint(condition=models.Q(models.Q(('planned_mean__isnull', True), ('planned_p10__isnull', True), ('planned_p50__isnull', True), ('planned_p90__isnull', True)), models.Q(('planned_mean__isnull', False), ('planned_p10__isnull', False), ('planned_p50__isnull', False), ('planned_p90__isnull', False)), _connector='OR'), name='forecast_planned_whole')],
        },
    ),
    migrations.CreateModel(
        name='WeekForecast',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('queue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='marketplace.queue')),
            ('starts_on', models.DateField(help_text="A Monday, in the queue's own zone.")),
            ('mean', models.FloatField()),
            ('p10', models.FloatField()),
            ('p50', models.FloatField()),
            ('p90', models.FloatField()),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('queue', 'starts_on'), name='week_forecast_once')],
        },
    ),
    migrations.CreateModel(
        name='ForecastQuality',
        fields=[
            ('queue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='quality', serialize=False, to='marketplace.queue')),
            ('model', models.CharField(blank=True, help_text='What won the backtest.', max_length=80)),
            ('wape', models.FloatField(help_text='Sum of absolute errors ÷ sum of what came.', null=True)),
            ('naive_wape', models.FloatField(help_text="The same for last week's figures taken again.", null=True)),
            ('mase', models.FloatField(help_text="Mean absolute error ÷ that of last week's figures in the past.", null=True)),
            ('coverage80', models.FloatField(help_text='Share of intervals between p10 and p90; 0.8 is right.', null=True)),
            ('day_spread', models.FloatField(default=0, help_text="Standard deviation of the log of a day's own factor.")),
            ('made_at', models.DateTimeField(help_text='When the forecast that stands was made.', null=True)),
            ('due_at', models.DateTimeField(help_text="Since when a new one is wanted, before the night's.", null=True)),
            ('problem', models.TextField(blank=True, help_text='Why the latest attempt failed; the forecast before it stands.')),
            ('failed_at', models.DateTimeField(null=True)),
        ],
        options={
            'verbose_name_plural': 'forecast qualities',
        },
    ),
    migrations.CreateModel(
        name='QueueNow',
        fields=[
            ('queue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='now', serialize=False, to='marketplace.queue')),
            ('as_of', models.FloatField(default=0, help_text='The `at` of the last report taken.')),
            ('waiting', models.IntegerField(default=0)),
            ('longest_wait_seconds', models.FloatField(default=0)),
            ('recent_arrivals', models.FloatField(default=0, help_text='Arrivals, each weighted by exp(−age / 300 s), as of `as_of`.')),
            ('recent_seconds', models.FloatField(default=0, help_text='The exposure behind them.')),
            ('handle_sum', models.FloatField(default=0, help_text='Handle seconds, decayed, as of `as_of`.')),
            ('handle_count', models.FloatField(default=0, help_text='Contacts answered meanwhile.')),
            ('watch', models.JSONField(default=list, help_text="The surge detector's running figures.")),
            ('surge_since', models.FloatField(null=True)),
            ('surge_factor', models.FloatField(null=True)),
            ('surge_sure', models.FloatField(null=True)),
            ('surge_told', models.FloatField(help_text='The factor of which dispatchers last heard.', null=True)),
            ('expected_share', models.FloatField(help_text='Expected to be answered in target over the look-ahead.', null=True)),
            ('need', models.IntegerField(help_text='Agents needed at the rate of the next minutes, by Erlang A.', null=True)),
        ],
    ),
    migrations.CreateModel(
        name='Event',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('name', models.CharField(help_text='Past events of the same name say what this one does.', max_length=120)),
            ('department', models.ForeignKey(blank=True, help_text='All queues of this department, or pick some below.', null=True, on_delete=django.db.models.deletion.CASCADE, to='accounts.department')),
            ('starts_at', models.DateTimeField()),
            ('ends_at', models.DateTimeField()),
            ('factor', models.FloatField(blank=True, help_text='1.3 means 30 % more than usual. Empty: learnt from past events of the same name.', null=True, validators=[django.core.validators.MinValueValidator(0)])),
            ('queues', models.ManyToManyField(blank=True, related_name='events', to='marketplace.queue')),
        ],
        options={
            'ordering': ['-starts_at', 'name'],
            'indexes': [models.Index(fields=['name', 'starts_at'], name='event_name_starts')],
            'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='event_period'), models.CheckConstraint(condition=models.Q(('factor__isnull', True), ('factor__gte', 0), _connector='OR'), name='event_factor')],
        },
    ),
    migrations.CreateModel(
        name='RunRecord',
        fields=[
            ('run', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='record', serialize=False, to='marketplace.matcherrun')),
            ('state', models.BinaryField()),
        ],
    ),
    migrations.CreateModel(
        name='Move',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='marketplace.matcherrun')),
            ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='accounts.agent')),
            ('source', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='moves_away', to='marketplace.queue')),
            ('target', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moves_here', to='marketplace.queue')),
            ('status', models.CharField(choices=[('proposed', 'proposed'), ('applied', 'applied'), ('reverted', 'taken back'), ('rejected', 'rejected'), ('expired', 'expired'), ('stale', 'overtaken')], max_length=8)),
            ('mode', models.PositiveSmallIntegerField(default=3, help_text='The mode under which it was planned.')),
            ('gain', models.FloatField(null=True)),
            ('loss', models.FloatField(null=True)),
            ('cost', models.FloatField(null=True)),
            ('terms', models.JSONField(default=dict)),
            ('refusals', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None)),
            ('created_at', models.DateTimeField()),
            ('decided_at', models.DateTimeField(null=True)),
            ('until', models.DateTimeField(null=True)),
            ('arrived_at', models.DateTimeField(help_text='When the switch showed the agent available there.', null=True)),
            ('acknowledged_at', models.DateTimeField(help_text='When the agent said: got it.', null=True)),
            ('actor', models.CharField(help_text='As the ledger names the one who moved.', max_length=64)),
            ('reason', models.CharField(blank=True, help_text='What a dispatcher wrote.', max_length=200)),
        ],
        options={
            'indexes': [models.Index(fields=['-created_at'], name='move_created'), models.Index(fields=['agent', '-created_at'], name='move_agent'), models.Index(condition=models.Q(('status', 'proposed')), fields=['agent'], name='move_open'), models.Index(condition=models.Q(('arrived_at__isnull', False)), fields=['-created_at'], name='move_arrived')],
        },
    ),
    migrations.CreateModel(
        name='ShiftTemplate',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shift_templates', to='accounts.department')),
            ('name', models.CharField(max_length=60)),
            ('queue', models.ForeignKey(blank=True, help_text='Empty: standby.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='marketplace.queue')),
            ('starts', models.TimeField(help_text='By the clock of the queue.')),
            ('ends', models.TimeField()),
            ('places', models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)])),
            ('work_place', models.CharField(choices=[('site', 'on site'), ('home', 'from home')], default='site', max_length=4)),
            ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.site')),
            ('breaks', models.JSONField(blank=True, default=list, help_text='Each with minutes after the start, its minutes, and whether it is paid.')),
            ('pay_per_hour', models.PositiveIntegerField(help_text='In minor units.', validators=[django.core.validators.MinValueValidator(1)])),
            ('bonus_per_hour', models.PositiveIntegerField(default=0)),
            ('notes', models.CharField(blank=True, max_length=400)),
            ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('internal', 'internal, lent by a department'), ('external', 'external, gig')], max_length=8), blank=True, default=list, size=None)),
            ('skills', models.JSONField(blank=True, default=dict, help_text='Levels by skill id, beyond what the queue asks.')),
            ('certification_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ],
        options={
            'ordering': ['department', 'name'],
            'constraints': [models.UniqueConstraint(fields=('department', 'name'), name='shift_template_once')],
        },
    ),
    migrations.CreateModel(
        name='ShiftSkill',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('shift', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks_skills', to='marketplace.shift')),
            ('skill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='skills.skill')),
            ('level', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('shift', 'skill'), name='shift_skill_once')],
        },
    ),
    migrations.CreateModel(
        name='ShiftCertification',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('shift', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks_certifications', to='marketplace.shift')),
            ('certification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='skills.certification')),
        ],
        options={
            'constraints': [models.UniqueConstraint(fields=('shift', 'certification'), name='shift_certification_once')],
        },
    ),
    migrations.CreateModel(
        name='Booking',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='marketplace.shift')),
            ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='accounts.agent')),
            ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ('status', models.CharField(choices=[('requested', 'asked for'), ('held', 'held'), ('releasing', 'held until replaced'), ('checked_in', 'checked in'), ('worked', 'worked'), ('released', 'given back'), ('pulled', 'taken back by the organisation'), ('excused', 'excused'), ('no_show', 'did not come'), ('not_drawn', 'not drawn')], max_length=10)),
            ('source', models.CharField(choices=[('claim', 'claimed'), ('draw', 'drawn'), ('offer', 'from the waiting list'), ('swap', 'swapped'), ('dispatcher', 'by a dispatcher')], default='claim', max_length=10)),
            ('pay', models.PositiveIntegerField(help_text='For the whole shift as promised when it was taken, minor units.')),
            ('held_at', models.DateTimeField(help_text='When the place was taken.', null=True)),
            ('undo_until', models.DateTimeField(help_text='Until then it can be given back without a word.', null=True)),
            ('releasing_at', models.DateTimeField(help_text='When the agent asked to be replaced.', null=True)),
            ('confirmed_at', models.DateTimeField(help_text='When the agent said again: I will come.', null=True)),
            ('checked_in_at', models.DateTimeField(null=True)),
            ('ended_at', models.DateTimeField(help_text='When it was given back, pulled, worked or missed.', null=True)),
            ('duty', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='booking', to='marketplace.duty')),
            ('worked_seconds', models.PositiveIntegerField(help_text='Paid time: duty less unpaid breaks.', null=True)),
        ],
        options={
            'indexes': [models.Index(fields=['shift'], name='booking_of_shift'), models.Index(condition=models.Q(('status__in', ('held', 'releasing', 'checked_in'))), fields=['status'], name='booking_bound')],
            'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status__in', ('held', 'releasing', 'checked_in'))), expressions=[('agent', '='), ('period', '&&')], name='booking_no_overlap'), models.UniqueConstraint(condition=models.Q(('status__in', ('requested', 'held', 'releasing', 'checked_in'))), fields=('agent', 'shift'), name='booking_once'), models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='booking_bounded'), models.CheckConstraint(condition=models.Q(('status__in', ['requested', 'held', 'releasing', 'checked_in', 'worked', 'released', 'pulled', 'excused', 'no_show', 'not_drawn'])), name='booking_status_known'), models.CheckConstraint(condition=models.Q(('status__in', ('requested', 'not_drawn', 'released', 'pulled')), ('held_at__isnull', False), _connector='OR'), name='booking_held_since')],
        },
    ),
    migrations.CreateModel(
        name='Assignment',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='accounts.agent')),
            ('queue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='marketplace.queue')),
            ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ('move', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='marketplace.move')),
            ('pinned', models.BooleanField(default=False, help_text='The matcher may not move this agent.')),
        ],
        options={
            'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('agent', '='), ('period', '&&')], name='assignment_no_overlap'), models.UniqueConstraint(condition=models.Q(('period__upper_inf', True)), fields=('agent',), name='assignment_one_open')],
        },
    ),
    migrations.CreateModel(
        name='AgentNow',
        fields=[
            ('agent', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='now', serialize=False, to='accounts.agent')),
            ('duty', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='marketplace.duty')),
            ('queue', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='marketplace.queue')),
            ('department_id', models.IntegerField()),
            ('since', models.BigIntegerField(default=0, help_text='When this duty was begun.')),
            ('presence', models.SmallIntegerField(default=0)),
            ('presence_since', models.BigIntegerField(default=0)),
            ('reported_ms', models.BigIntegerField(default=0)),
            ('assigned_at', models.BigIntegerField(default=0)),
            ('arrives_at', models.BigIntegerField(default=0)),
            ('until', models.BigIntegerField()),
            ('moved_at', models.BigIntegerField(default=0)),
            ('moves', models.IntegerField(default=0)),
            ('pinned', models.SmallIntegerField(default=0)),
            ('at_home', models.SmallIntegerField(default=0)),
            ('standby', models.IntegerField(db_default=0, default=0, help_text='The department that the agent stands by for.')),
            ('version', models.IntegerField(default=1)),
            ('wants', models.SmallIntegerField(default=1, help_text='What the agent asked for: ready or paused.')),
            ('wants_reason', models.CharField(blank=True, max_length=40)),
            ('reason', models.CharField(blank=True, help_text='Why paused, as the switch says.', max_length=40)),
        ],
        options={
            'indexes': [models.Index(fields=['until'], name='agent_now_until')],
            'constraints': [models.CheckConstraint(condition=models.Q(('presence__gte', 0), ('presence__lte', 4)), name='agent_now_presence')],
        },
    ),
    migrations.CreateModel(
        name='Draw',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('shift', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='draw', to='marketplace.shift')),
            ('seed', models.CharField(editable=False, max_length=64)),
            ('seed_hash', models.CharField(editable=False, max_length=64)),
            ('drawn_at', models.DateTimeField(editable=False, null=True)),
            ('record', models.JSONField(default=dict, editable=False, help_text='All it takes to draw again.')),
        ],
        options={
            'constraints': [models.CheckConstraint(condition=models.Q(('drawn_at__isnull', True), models.Q(('record', {}), _negated=True), _connector='OR'), name='draw_kept')],
        },
    ),
    migrations.CreateModel(
        name='Objection',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('move', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='objection', to='marketplace.move')),
            ('text', models.CharField(blank=True, max_length=300)),
            ('at', models.DateTimeField()),
            ('heard_at', models.DateTimeField(null=True)),
            ('heard_by', models.CharField(blank=True, max_length=64)),
        ],
    ),
    migrations.CreateModel(
        name='Pause',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to='accounts.agent')),
            ('duty', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to='marketplace.duty')),
            ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ('reason', models.CharField(blank=True, max_length=40)),
        ],
        options={
            'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('agent', '='), ('period', '&&')], name='pause_no_overlap'), models.UniqueConstraint(condition=models.Q(('period__upper_inf', True)), fields=('agent',), name='pause_one_open'), models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False)), name='pause_begins')],
        },
    ),
    migrations.CreateModel(
        name='TimeOff',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='time_off', to='accounts.agent')),
            ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ('reason', models.CharField(blank=True, max_length=200)),
            ('status', models.CharField(choices=[('asked', 'asked for'), ('granted', 'granted'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='asked', max_length=9)),
            ('asked_at', models.DateTimeField()),
            ('answered_at', models.DateTimeField(null=True)),
            ('answered_by', models.CharField(blank=True, max_length=64)),
            ('note', models.CharField(blank=True, help_text='What the dispatcher said.', max_length=200)),
            ('blackout', models.OneToOneField(help_text='While granted.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='time_off', to='marketplace.availability')),
        ],
        options={
            'verbose_name_plural': 'time off',
            'indexes': [models.Index(condition=models.Q(('status', 'asked')), fields=['asked_at'], name='time_off_asked'), models.Index(fields=['agent', '-asked_at'], name='time_off_of_agent')],
            'constraints': [models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='time_off_bounded'), models.CheckConstraint(condition=models.Q(('status__in', ['asked', 'granted', 'refused', 'withdrawn'])), name='time_off_status_known')],
        },
    ),
    migrations.CreateModel(
        name='WaitingPlace',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('shift', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waiting_places', to='marketplace.shift')),
            ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waiting_places', to='accounts.agent')),
            ('status', models.CharField(choices=[('waiting', 'waiting'), ('served', 'got a place'), ('left', 'left the waiting list'), ('declined', 'said no'), ('missed', 'did not answer in time')], default='waiting', max_length=8)),
            ('joined_at', models.DateTimeField()),
            ('ended_at', models.DateTimeField(null=True)),
            ('passed_at', models.DateTimeField(help_text='When a place last went past this one.', null=True)),
            ('against', models.JSONField(db_default=[], default=list, help_text='Codes of what stood against it then.')),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['shift', 'id'], name='waiting_line')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('agent', 'shift'), name='waiting_once'), models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'served', 'left', 'declined', 'missed'])), name='waiting_status_known')],
        },
    ),
    migrations.CreateModel(
        name='Appeal',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('booking', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='appeal', to='marketplace.booking')),
            ('text', models.CharField(max_length=600)),
            ('made_at', models.DateTimeField()),
            ('upheld', models.BooleanField(help_text='Empty: not decided yet.', null=True)),
            ('answer', models.CharField(blank=True, max_length=600)),
            ('decided_at', models.DateTimeField(null=True)),
            ('decided_by', models.CharField(blank=True, max_length=64)),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('upheld__isnull', True)), fields=['made_at'], name='appeal_open')],
            'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('upheld__isnull', True)), models.Q(('decided_at__isnull', False), ('upheld__isnull', False)), _connector='OR'), name='appeal_decided')],
        },
    ),
    migrations.CreateModel(
        name='Compensation',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('booking', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='compensation', to='marketplace.booking')),
            ('department', models.ForeignKey(help_text='Who owes it.', on_delete=django.db.models.deletion.PROTECT, related_name='compensations', to='accounts.department')),
            ('amount', models.PositiveIntegerField(help_text='In minor units.')),
            ('currency', models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Write a code like EUR.')])),
            ('why', models.CharField(choices=[('cancelled', 'the shift was cancelled'), ('dispatcher', 'a dispatcher took the place back'), ('recalled', 'the home department called its people back')], max_length=10)),
            ('at', models.DateTimeField()),
        ],
        options={
            'indexes': [models.Index(fields=['department', 'at'], name='compensation_of_department')],
        },
    ),
    migrations.CreateModel(
        name='Swap',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='swaps', to='marketplace.booking')),
            ('giver', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='swaps_given', to='accounts.agent')),
            ('colleague', models.ForeignKey(blank=True, help_text='Who is asked, or has said yes; empty: anyone who can.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='swaps_asked', to='accounts.agent')),
            ('wants', models.ForeignKey(blank=True, help_text='What the giver wants for it; empty: nothing.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='swaps_wanting', to='marketplace.booking')),
            ('in_return', models.BooleanField(db_default=False, default=False, help_text='Open to those who give a shift of theirs; each names one by a swap of its own.')),
            ('note', models.CharField(blank=True, max_length=200)),
            ('status', models.CharField(choices=[('asked', 'waits for an answer'), ('accepted', 'waits for a dispatcher'), ('done', 'done'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('rejected', 'rejected by a dispatcher'), ('expired', 'expired')], default='asked', max_length=9)),
            ('asked_at', models.DateTimeField()),
            ('expires_at', models.DateTimeField()),
            ('answered_at', models.DateTimeField(help_text='When the colleague answered.', null=True)),
            ('decided_at', models.DateTimeField(help_text='When a dispatcher decided.', null=True)),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('status__in', ('asked', 'accepted'))), fields=['colleague'], name='swap_asked'), models.Index(condition=models.Q(('status__in', ('asked', 'accepted'))), fields=['expires_at'], name='swap_due')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('asked', 'accepted'))), fields=('booking',), name='swap_once'), models.CheckConstraint(condition=models.Q(('wants__isnull', True), ('colleague__isnull', False), _connector='OR'), name='swap_wants_of_one'), models.CheckConstraint(condition=models.Q(('colleague__isnull', True), models.Q(('colleague', models.F('giver')), _negated=True), _connector='OR'), name='swap_with_another'), models.CheckConstraint(condition=models.Q(('in_return', False), ('colleague__isnull', True), _connector='OR'), name='swap_return_is_open'), models.CheckConstraint(condition=models.Q(('status__in', ['asked', 'accepted', 'done', 'declined', 'withdrawn', 'rejected', 'expired'])), name='swap_status_known')],
        },
    ),
    migrations.CreateModel(
        name='Offer',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='marketplace.waitingplace')),
            ('shift', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='marketplace.shift')),
            ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='accounts.agent')),
            ('replaces', models.ForeignKey(blank=True, help_text='Whose place it is; empty: a free place, which the shift counts as taken meanwhile.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='marketplace.booking')),
            ('status', models.CharField(choices=[('open', 'waits for an answer'), ('accepted', 'accepted'), ('declined', 'declined'), ('expired', 'expired'), ('withdrawn', 'withdrawn')], default='open', max_length=9)),
            ('made_at', models.DateTimeField()),
            ('expires_at', models.DateTimeField()),
            ('answered_at', models.DateTimeField(null=True)),
        ],
        options={
            'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['expires_at'], name='offer_due'), models.Index(condition=models.Q(('status', 'open')), fields=['shift'], name='offer_kept')],
            'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('agent', 'shift'), name='offer_once'), models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('replaces',), name='offer_replaces_once'), models.CheckConstraint(condition=models.Q(('made_at__lt', models.F('expires_at'))), name='offer_lasts'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'accepted', 'declined', 'expired', 'withdrawn'])), name='offer_status_known')],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ('marketplace', '0001_initial'),
        ('marketplace', '0002_hot_rows'),
        ('marketplace', '0003_duty_changes'),
        ('marketplace', '0004_queue_need'),
        ('marketplace', '0005_forecast_horizons'),
        ('marketplace', '0006_supply'),
        ('marketplace', '0007_uploads_and_due'),
        ('marketplace', '0008_shifts'),
        ('marketplace', '0009_own_safety'),
        ('marketplace', '0010_matcher_defaults'),
        ('marketplace', '0011_bookings'),
        ('marketplace', '0012_ends_and_arrivals'),
        ('marketplace', '0013_waiting'),
        ('marketplace', '0014_availability'),
        ('marketplace', '0015_planner'),
        ('marketplace', '0016_swaps'),
        ('marketplace', '0017_appeals'),
        ('marketplace', '0018_site_seats'),
        ('marketplace', '0019_fair_opening'),
        ('marketplace', '0020_reachable_help'),
        ('marketplace', '0021_pauses'),
        ('marketplace', '0022_passed_over'),
        ('marketplace', '0023_swap_in_return'),
    ]
    initial = True
    dependencies = [
        ('accounts', '0004_calendar_version'),
        ('skills', '0003_skill_requests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        BtreeGistExtension(),
        CreateModels(MODELS),
        migrations.AddField(
            model_name='queue',
            name='skills',
            field=models.ManyToManyField(related_name='queues', through='marketplace.QueueSkill', to='skills.skill'),
        ),
        migrations.AddField(
            model_name='queue',
            name='certifications',
            field=models.ManyToManyField(related_name='queues', through='marketplace.QueueCertification', to='skills.certification'),
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL(DUTY, migrations.RunSQL.noop),
        *[migrations.RunSQL(trigger(*one), migrations.RunSQL.noop) for one in COMPETENCE.items()],
        migrations.RunPython(make_policies, migrations.RunPython.noop),
    ]

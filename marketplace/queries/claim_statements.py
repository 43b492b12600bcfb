"""The statements behind `claim_facts`; `claim_rows` says what their documents mean. Instants are seconds, as floats."""

from marketplace.vocabulary import BOUND_STATES

BOUND = ", ".join(f"'{state}'" for state in BOUND_STATES)
"""Written out, so that the partial indexes on live bookings serve a prepared statement too."""
AROUND = """make_interval(days => greatest(
    9, 2 + coalesce((SELECT consecutive_days FROM marketplace_marketpolicy), 0)))"""
"""How far around the shifts an agent's work is read: a week and more for hours a week, and farther where the policy
lets people work more days in a row."""


def _at(instant: str) -> str:
    return f"date_part('epoch', {instant})"


def _span(period: str) -> str:
    return f"{_at(f'lower({period})')}, {_at(f'upper({period})')}"


def _valid(row: str) -> str:
    return f"{_at(f'{row}.valid_from')}, {_at(f'{row}.valid_until')}"


def _asked(what: str, *, level: str, tables: str) -> str:
    """Ids, levels and names of the skills or certifications (`what`) in these tables.

    As text, which is the same for most shifts of a queue and is read once.
    """
    return f"""to_json(ARRAY(SELECT json_build_array(k.id, {level}, k.name) FROM ({tables}) AS x
    JOIN skills_{what} k ON k.id = x.{what}_id))::text"""


def _of_both(what: str, *, columns: str, level: str, more: str = "true") -> str:
    """What the queue of shift `s` asks and, where `more` holds, what it asks beyond."""
    of_queue = f"SELECT {columns} FROM marketplace_queue{what} WHERE queue_id = s.queue_id"
    of_shift = f"SELECT {columns} FROM marketplace_shift{what} WHERE shift_id = s.id AND {more}"
    return _asked(what, level=level, tables=f"{of_queue} UNION ALL {of_shift}")


def _of_many(what: str, *, columns: str, level: str) -> str:
    """The same where `q` has what the queue asks already: most shifts ask nothing beyond."""
    own = f"EXISTS (SELECT FROM marketplace_shift{what} WHERE shift_id = s.id)"
    return f"CASE WHEN {own} OR q.id IS NULL THEN {_of_both(what, columns=columns, level=level)} ELSE q.{what} END"


SKILL = {"columns": "skill_id, level", "level": "x.level"}
CERTIFICATION = {"columns": "certification_id", "level": "1"}


def _shift(asks: str) -> str:
    """All about shift `s` of queue `q` that a claim is judged by, what it `asks` last."""
    return f"""json_build_object(
  'period', json_build_array({_at("s.starts_at")}, {_at("s.ends_at")}),
  'status', s.status, 'places', s.places, 'taken', s.taken,
  'replaceable', CASE WHEN s.taken >= s.places
    THEN (SELECT count(*) FROM marketplace_booking b WHERE b.shift_id = s.id AND b.status = 'releasing'
      AND NOT EXISTS (SELECT FROM marketplace_offer o WHERE o.replaces_id = b.id AND o.status = 'open')) ELSE 0 END,
  'department', coalesce(q.department_id, s.department_id), 'kinds', s.kinds,
  'work_place', s.work_place, 'home_allowed', coalesce(q.home_allowed, true), 'site', s.site_id,
  'draw_until', CASE WHEN s.opening = 'draw' AND NOT EXISTS (
    SELECT FROM marketplace_draw d WHERE d.shift_id = s.id AND d.drawn_at IS NOT NULL) THEN {_at("s.draw_until")} END,
  'tiers_from', CASE WHEN s.opening = 'tiers' THEN {_at("s.opened_at")} END,
  'claim_from', {_at("s.claim_from")}, 'claim_until', {_at("s.claim_until")},
  'pay', s.pay, 'bonus', s.bonus_per_hour, 'breaks', s.breaks, {asks})"""


ASKS_MORE = """'asks_more', EXISTS (SELECT FROM marketplace_shiftskill WHERE shift_id = s.id)
    OR EXISTS (SELECT FROM marketplace_shiftcertification WHERE shift_id = s.id)"""
OF_MANY = f"""'skills', {_of_many("skill", **SKILL)},
  'certifications', {_of_many("certification", **CERTIFICATION)}"""
SHIFTS = f"""
WITH q AS MATERIALIZED (
  SELECT q.id, q.department_id, q.home_allowed,
    {_asked("skill", level="x.level", tables="SELECT * FROM marketplace_queueskill WHERE queue_id = q.id")} AS skill,
    {_asked("certification", level="1", tables="SELECT * FROM marketplace_queuecertification WHERE queue_id = q.id")}
      AS certification
  FROM marketplace_queue q
  WHERE q.id IN (SELECT queue_id FROM marketplace_shift WHERE id = ANY(%(shifts)s)))
SELECT s.id, {_shift(OF_MANY)} FROM marketplace_shift s LEFT JOIN q ON q.id = s.queue_id WHERE s.id = ANY(%(shifts)s)
"""
"""What a queue asks is put together once, not for each of its shifts: for 200 that took most of the time."""

SEATS = f"""
WITH wanted AS MATERIALIZED (
  SELECT s.id, s.site_id, s.starts_at, s.ends_at, site.seats
  FROM marketplace_shift s JOIN accounts_site site ON site.id = s.site_id
  WHERE s.id = ANY(%(shifts)s) AND site.seats IS NOT NULL)
SELECT s.id, s.seats - coalesce(most, 0) FROM wanted s CROSS JOIN LATERAL (
  WITH seated AS MATERIALIZED (
    SELECT o.starts_at AS since, o.ends_at AS until, (
      SELECT count(*) FROM marketplace_booking b WHERE b.shift_id = o.id AND b.status IN ({BOUND})) AS people
    FROM marketplace_shift o
    WHERE o.site_id = s.site_id AND o.status <> 'cancelled' AND o.taken > 0
      AND tstzrange(o.starts_at, o.ends_at, '[)') && tstzrange(s.starts_at, s.ends_at, '[)')
    UNION ALL
    SELECT lower(d.period), upper(d.period), 1 FROM marketplace_duty d
    WHERE d.site_id = s.site_id AND d.source <> 'booking' AND d.period && tstzrange(s.starts_at, s.ends_at, '[)'))
  SELECT max(at_once) AS most FROM (
    SELECT sum(sum(change)) OVER (ORDER BY at) AS at_once FROM (
      SELECT greatest(since, s.starts_at) AS at, people AS change FROM seated
      UNION ALL SELECT until, -people FROM seated) AS changes
    GROUP BY at) AS running) AS taken
"""
"""Seats left at the sites that count them: theirs less the most people who sit there at once during the shift."""


RULES_NUMBER = "(SELECT number FROM skills_competenceversion)"
IMPLIES = "ARRAY(SELECT json_build_array(i.from_skill_id, i.to_skill_id) FROM skills_skill_implies i)"
POLICY = """(SELECT row_to_json(m) FROM (SELECT rest_hours, hours_per_day, hours_per_week, consecutive_days,
  earliest_claim_days, latest_claim_minutes, undo_seconds, tiers FROM marketplace_marketpolicy) AS m)"""


def _document(period: str, *, more: str = "") -> str:
    """All about agent `a` that a shift asks after; planned work and blackouts as far as they touch `period`."""
    return f"""json_build_object(
  'about', json_build_array(a.kind, a.timezone, a.department_id, coalesce(u.is_active, true)),
  'bookings', ARRAY(SELECT json_build_array({_span("b.period")}, b.id, b.shift_id, b.duty_id)
      FROM marketplace_booking b
      WHERE b.agent_id = a.id AND b.status IN ({BOUND}) AND b.period && {period}),
  'duties', ARRAY(SELECT json_build_array(d.id, {_at("lower(d.period)")},
        {_at("least(upper(d.period), d.signed_off_at)")}) FROM marketplace_duty d
      WHERE d.agent_id = a.id AND d.period && {period}),
  'blackouts', ARRAY(SELECT json_build_array({_span("v.period")}) FROM marketplace_availability v
      WHERE v.agent_id = a.id AND v.kind = 'blackout' AND v.period && {period}),
  'skills', ARRAY(SELECT json_build_array(p.skill_id, p.level, {_valid("p")}) FROM skills_proficiency p
      WHERE p.agent_id = a.id AND p.verified_at IS NOT NULL),
  'certificates', ARRAY(SELECT json_build_array(c.certification_id, 5, {_valid("c")}) FROM skills_certificate c
      WHERE c.agent_id = a.id AND c.revoked_at IS NULL),
  'loans', ARRAY(SELECT json_build_array(l.borrower_id, {_span("l.period")}, {_at("l.recalled_at")})
      FROM marketplace_lending l WHERE l.lender_id = a.department_id AND (l.agent_id IS NULL OR l.agent_id = a.id)),
  'offers', ARRAY(SELECT json_build_array(o.shift_id, o.id, o.replaces_id IS NOT NULL)
      FROM marketplace_offer o WHERE o.agent_id = a.id AND o.status = 'open' AND o.expires_at > %(now)s){more})"""


AGENTS = f"""
WITH span AS MATERIALIZED (
  SELECT tstzrange(min(starts_at) - {AROUND}, max(ends_at) + {AROUND}) AS period
  FROM marketplace_shift WHERE id = ANY(%(shifts)s))
SELECT a.id, {_document("(SELECT period FROM span)", more=f", 'implies', {IMPLIES}, 'policy', {POLICY}")}
FROM accounts_agent a LEFT JOIN accounts_user u ON u.id = a.user_id
WHERE a.id = ANY(%(agents)s)
"""
"""Of many agents for one shift, or of one for many."""

CLAIM = f"""
SELECT json_build_array(a.calendar_version, s.version, {RULES_NUMBER}, s.queue_id,
  {_document(f"tstzrange(s.starts_at - {AROUND}, s.ends_at + {AROUND})")},
  {_shift(ASKS_MORE)})
FROM marketplace_shift s LEFT JOIN marketplace_queue q ON q.id = s.queue_id
  CROSS JOIN accounts_agent a LEFT JOIN accounts_user u ON u.id = a.user_id
WHERE s.id = %(shift)s AND a.id = %(agent)s
"""
"""Of one agent and one shift, at one instant: what a claim is judged by beside the rules."""

RULES = f"""
SELECT {RULES_NUMBER}, {_of_both("skill", **SKILL, more="%(more)s")},
  {_of_both("certification", **CERTIFICATION, more="%(more)s")}, {IMPLIES}, {POLICY}
FROM marketplace_shift s WHERE s.id = %(shift)s
"""
"""The rules by which one shift is claimed, and the number that rises when they change: without what it asks for `more`
than its queue they are those of all shifts of the queue."""

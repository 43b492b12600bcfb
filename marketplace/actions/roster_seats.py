"""A roster never fills a site beyond its seats: beside duty that stays as it is and the places of open shifts."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.utils import CursorWrapper

from gigcx.accounts.models import Site
from marketplace.actions.seats import lock_sites
from marketplace.claiming.seats import Sitting, without_a_seat
from marketplace.queries.seats import places_at
from marketplace.simulation.files import Reading

ROWS = """
SELECT l.line, l.starts_at, l.ends_at FROM load_duty l LEFT JOIN accounts_agent a ON a.code = l.code
WHERE l.site = %(name)s AND NOT EXISTS (SELECT FROM marketplace_duty d
  WHERE d.agent_id = a.id AND d.period = tstzrange(l.starts_at, l.ends_at) AND d.site_id = %(site)s) ORDER BY l.line
"""
"""What would be new at a site."""
STAYS = """
SELECT lower(d.period), upper(d.period), 1 FROM marketplace_duty d JOIN accounts_agent a ON a.id = d.agent_id
WHERE d.site_id = %(site)s AND d.source <> 'booking' AND d.period && tstzrange(%(start)s, %(end)s)
  AND NOT EXISTS (SELECT FROM load_duty l
    WHERE l.code = a.code AND tstzrange(l.starts_at, l.ends_at) = d.period AND l.site IS DISTINCT FROM %(name)s)
"""
"""Who sits there already and is not moved elsewhere by the file."""


def refuse_without_seats(cursor: CursorWrapper, *, file: str, reading: Reading) -> None:
    """Name every staged row for which its site has no seat, with the numbers.

    Takes the locks of the sites, so that nobody opens shifts there meanwhile (docs/locking.md). What was loaded before
    and stays as it is is never refused, even where a site has become too small for it.
    """
    cursor.execute("SELECT DISTINCT site FROM load_duty WHERE site IS NOT NULL")
    named = [name for (name,) in cursor.fetchall()]
    lock_sites(Site.objects.filter(name__in=named).values_list("pk", flat=True))
    for site in Site.objects.filter(name__in=named, seats__isnull=False).order_by("name"):
        which: dict[str, Any] = {"name": site.name, "site": site.pk}
        cursor.execute(ROWS, which)
        rows = cursor.fetchall()
        if not rows:
            continue
        spans = [(start, end) for _, start, end in rows]
        start, end = min(start for start, _ in spans), max(end for _, end in spans)
        others = _stays(cursor, which, start, end) + places_at(site_id=site.pk, start=start, end=end)
        found = without_a_seat(spans, others=others, seats=site.seats or 0)
        for number, (at, people) in sorted(found.items()):
            what = (
                f"{site.name} has {site.seats} seats, at {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC it would take {people}"
            )
            reading.complain(file, rows[number][0], "site", f"{what}, choose another site or other times")


def _stays(cursor: CursorWrapper, which: dict[str, Any], start: datetime, end: datetime) -> list[Sitting]:
    cursor.execute(STAYS, which | {"start": start, "end": end})
    return list(cursor.fetchall())

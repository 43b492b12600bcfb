"""No more places on site than the site has seats."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from gigcx.accounts.models import Site
from gigcx.ledger.record import require_transaction
from marketplace.claiming.seats import busiest
from marketplace.models import Shift
from marketplace.queries.seats import sittings_at
from marketplace.vocabulary import PlanRefusal, WorkPlace


def lock_sites(site_ids: Iterable[int | None]) -> None:
    """Lock the rows of these sites, by id: two who open shifts at one site take turns (docs/locking.md)."""
    require_transaction()
    wanted = [pk for pk in site_ids if pk is not None]
    list(Site.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def without_seats(shifts: Sequence[Shift]) -> Mapping[str, Mapping[str, object]]:
    """The refusal, with the first minute that is too full, if these shifts were open beside what is; else nothing.

    The caller holds the lock of their sites.
    """
    by_site: dict[int, list[Shift]] = defaultdict(list)
    for shift in shifts:
        if shift.work_place == WorkPlace.SITE and shift.site_id is not None:
            by_site[shift.site_id].append(shift)
    for site in Site.objects.filter(pk__in=by_site, seats__isnull=False).order_by("pk"):
        people, at = _busiest(site.pk, by_site[site.pk], without=[shift.pk for shift in shifts if shift.pk])
        if people > (site.seats or 0):
            figures = {"site": site.name, "seats": site.seats, "at": at, "people": people}
            return {PlanRefusal.SEATS: figures}
    return {}


def _busiest(site_id: int, shifts: Sequence[Shift], *, without: Collection[int]) -> tuple[int, datetime]:
    """While any of the shifts runs."""
    start, end = min(shift.starts_at for shift in shifts), max(shift.ends_at for shift in shifts)
    there = sittings_at(site_id=site_id, start=start, end=end, without=without)
    there += [(shift.starts_at, shift.ends_at, shift.places) for shift in shifts]
    return max((busiest(there, start=shift.starts_at, end=shift.ends_at) for shift in shifts), key=lambda one: one[0])

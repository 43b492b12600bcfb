"""Who needs a seat at a site: the roster, and every place of open shifts, taken or not."""

from collections.abc import Collection
from datetime import datetime

from marketplace.claiming.seats import Sitting
from marketplace.models import Duty, Shift
from marketplace.models.duty import DutySource
from marketplace.vocabulary import ShiftState, WorkPlace


def sittings_at(*, site_id: int, start: datetime, end: datetime, without: Collection[int] = ()) -> list[Sitting]:
    """Everybody who needs a seat in `[start, end)`, shifts `without` these; two statements."""
    rostered = Duty.objects.filter(site_id=site_id, period__overlap=(start, end)).exclude(source=DutySource.BOOKING)
    sittings = [(period.lower, period.upper, 1) for period in rostered.values_list("period", flat=True)]
    return sittings + places_at(site_id=site_id, start=start, end=end, without=without)


def places_at(*, site_id: int, start: datetime, end: datetime, without: Collection[int] = ()) -> list[Sitting]:
    """The places of open shifts that run in `[start, end)`, shifts `without` these; one statement."""
    shifts = Shift.objects.filter(
        site_id=site_id, work_place=WorkPlace.SITE, status=ShiftState.OPEN, starts_at__lt=end, ends_at__gt=start
    ).exclude(pk__in=without)
    return list(shifts.values_list("starts_at", "ends_at", "places"))

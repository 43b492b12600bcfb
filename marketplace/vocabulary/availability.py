"""Availability, time off and calendars, in words."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AvailabilityKind(TextChoices):
    """What a period of an agent's calendar says."""

    AVAILABLE = "available", _("available")
    BLACKOUT = "blackout", _("not available")


class AvailabilitySource(TextChoices):
    """Who said so."""

    OWN = "own", _("entered")
    CALENDAR = "calendar", _("from a calendar")
    TIME_OFF = "time_off", _("time off")


class AvailabilityRefusal(TextChoices):
    """Why a period of an agent's calendar can't be set."""

    PERIOD = "availability_period", _("Choose a period of up to 62 days whose end is after its start.")
    BOOKED = "availability_booked", _("You hold a shift then. Give it back first.")
    TOO_MANY = "availability_too_many", _("That is too many periods. Take some away first.")


class TimeOffState(TextChoices):
    """What became of a request for time off."""

    ASKED = "asked", _("asked for")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class TimeOffRefusal(TextChoices):
    """Why time off can't be asked for, answered or withdrawn."""

    PERIOD = "time_off_period", _("Choose a period of up to 62 days that is not over.")
    OVERLAP = "time_off_overlap", _("You have asked for time off then already.")
    BOOKED = "time_off_booked", _("There is a shift in that time. It must be given back first.")
    ANSWERED = "time_off_answered", _("This request has been answered or withdrawn.")
    BEGUN = "time_off_begun", _("This time off has begun.")


class CalendarTrouble(TextChoices):
    """Why a calendar elsewhere could not be read."""

    ADDRESS = "calendar_address", _("This is no https address that can be reached from here.")
    UNREACHABLE = "calendar_unreachable", _("The other side did not answer. It is tried again.")
    REFUSED = "calendar_refused", _("The other side refused the address. Copy it again from your calendar.")
    TOO_LARGE = "calendar_too_large", _("This calendar is too large.")
    NOT_A_CALENDAR = "calendar_unreadable", _("This is no iCalendar file (.ics).")
    NAME_TAKEN = "calendar_name_taken", _("You have a calendar of that name already.")
    TOO_MANY = "calendar_too_many", _("You have five calendars already. Take one away first.")


TIME_OFF_TRANSITIONS: dict[str, frozenset[str]] = {
    TimeOffState.ASKED: frozenset({TimeOffState.GRANTED, TimeOffState.REFUSED, TimeOffState.WITHDRAWN}),
    TimeOffState.GRANTED: frozenset({TimeOffState.WITHDRAWN}),
    TimeOffState.REFUSED: frozenset(),
    TimeOffState.WITHDRAWN: frozenset(),
}
"""From each state of a request for time off to those that may follow."""

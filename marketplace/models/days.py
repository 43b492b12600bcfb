"""Days and instants that people write in forms and send to the API."""

from datetime import UTC, date, datetime

from django.core.validators import MaxValueValidator, MinValueValidator

FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)
IN_OUR_TIME = (MinValueValidator(FIRST), MaxValueValidator(LAST))
"""Days so far off that clocks can't be reckoned any more are mistypings."""
INSTANTS_IN_OUR_TIME = (
    MinValueValidator(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)),
    MaxValueValidator(datetime(LAST.year, LAST.month, LAST.day, tzinfo=UTC)),
)
"""The same for instants."""

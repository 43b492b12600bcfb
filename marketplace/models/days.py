"""Days that people write in forms and send to the API."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator

IN_OUR_TIME = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1)))
"""Days so far off that clocks can't be reckoned any more are mistypings."""

"""Calendars that go out, an agent's own feed, and those that come in: busy times read from elsewhere."""

from django.db import models

from gigcx.accounts.models import Agent


class CalendarFeed(models.Model):
    """The secret address of an agent's calendar. Only its hash is kept; a new one replaces it."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="calendar_feed")
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.agent_id)


class BusyCalendar(models.Model):
    """A calendar elsewhere whose busy times are an agent's blackouts. Of its events only the periods are kept.

    Without an address it was a file, read once.
    """

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="busy_calendars")
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=1000, blank=True)
    due_at = models.DateTimeField(null=True, help_text="When it is to be read next; empty: never again.")
    read_at = models.DateTimeField(null=True, help_text="When it was last read without trouble.")
    trouble = models.CharField(max_length=40, blank=True, help_text="Why it could not be read the last time: a code.")

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["agent", "name"], name="busy_calendar_name_once")]
        indexes = [models.Index(fields=["due_at"], name="busy_calendar_due")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.pk}"

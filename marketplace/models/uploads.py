"""Files of history that people hand over on a page: looked at first, loaded once somebody said so."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import validate_timezone


class UploadState(models.TextChoices):
    """How far a file has come."""

    LOOKING = "looking", _("being looked at")
    SEEN = "seen", _("looked at")
    LOADING = "loading", _("being loaded")
    LOADED = "loaded", _("loaded")
    FAILED = "failed", _("could not be loaded")


class Upload(models.Model):
    """One file of counts. Its bytes go when it is loaded, and after a day in any case."""

    name = models.CharField(max_length=200)
    content = models.BinaryField()
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_timezone])
    choices = models.JSONField(default=dict, help_text=_("What the person chose for each kind of finding."))
    state = models.CharField(max_length=8, choices=UploadState, default=UploadState.LOOKING)
    progress = models.FloatField(default=0, help_text=_("Share that is done of what is under way."))
    report = models.JSONField(default=dict, help_text=_("What was found, and what would be or was done."))
    problem = models.TextField(blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    uploaded_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name

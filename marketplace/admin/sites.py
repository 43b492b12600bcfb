"""Admin page for sites: their names, clocks and seats."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gigcx.accounts import actions
from gigcx.accounts.admin_pages import ActionAdmin, ActionForm, ZoneField
from gigcx.accounts.models import Site, User
from marketplace.actions.keep_site import KeptSite, keep_site
from marketplace.claiming.seats import Crowded
from marketplace.queries.reasons import worded

NAMED = 5
"""So many periods are named, the soonest first."""


class SiteForm(ActionForm):
    """A building."""

    timezone = ZoneField(initial="UTC")

    class Meta:
        model = Site
        fields = ["name", "timezone", "seats"]
        help_texts = {"seats": gettext_lazy("Leave it empty if seats are not counted here.")}


@admin.register(Site)
class SiteAdmin(ActionAdmin):
    """Buildings with seats."""

    form = SiteForm
    list_display = ["name", "timezone", "seats"]
    search_fields = ["name"]

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Site:
        """A new site."""
        return keep_site(site_id=None, **figures, actor=actor, now=now).site

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Keep it, and say when more people are planned there than it has seats."""
        if not change:
            return super().save_related(request, form, formsets, change)
        figures = self.figures(form, formsets)
        kept = keep_site(site_id=form.instance.pk, **figures, actor=request.user.ledger_name, now=timezone.now())
        if kept.crowded:
            self.message_user(request, " ".join(_warning(kept)), messages.WARNING)
        return None

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone."""
        actions.delete_site(site_id=row.pk, actor=actor, now=now)


def _warning(kept: KeptSite) -> Iterator[str]:
    """Sentences, instants in the current zone."""
    yield _("More people are planned at “%(site)s” than there are seats now.") % {"site": kept.site.name}
    yield from map(_named, kept.crowded[:NAMED])
    if (more := len(kept.crowded) - NAMED) > 0:
        yield ngettext("%(number)d more period.", "%(number)d more periods.", more) % {"number": more}
    yield _("Nothing was taken back: pull bookings, cancel shifts or plan people elsewhere.")


def _named(one: Crowded) -> str:
    figures = worded({"start": one.start, "end": one.end, "people": one.people})
    return _("From %(start)s to %(end)s it takes %(people)s.") % figures

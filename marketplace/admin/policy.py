"""Admin page for the one policy: the matcher's limits and the switch that stops every move."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from gigcx.accounts.admin_pages import ActionAdmin, ActionForm
from gigcx.accounts.models import User
from marketplace.actions.mode import set_policy, set_stopped
from marketplace.models import Policy


class PolicyForm(ActionForm):
    """The figures, each with what it means."""

    class Meta:
        model = Policy
        fields = [
            "stopped",
            "dwell_seconds",
            "moves_per_duty",
            "moves_per_hour",
            "min_remaining_seconds",
            "donor_margin",
            "switch_constant",
            "changeover_seconds",
        ]
        help_texts = {
            "stopped": gettext_lazy(
                "Tick this and the matcher moves nobody, anywhere. You can still move people by hand."
            ),
            "dwell_seconds": gettext_lazy("After a move a person stays at least so long."),
            "moves_per_duty": gettext_lazy("In one duty a person is moved at most so often."),
            "moves_per_hour": gettext_lazy("And on average at most so often for each hour on duty."),
            "min_remaining_seconds": gettext_lazy("Nobody is moved whose duty ends sooner than this."),
            "donor_margin": gettext_lazy(
                "A queue that misses its target gives somebody only if the gain is so many times its loss."
            ),
            "switch_constant": gettext_lazy("Smaller moves people more often. 0.04 was measured best."),
            "changeover_seconds": gettext_lazy(
                "From a move to being available at the new queue; taken until enough moves were measured."
            ),
        }


@admin.register(Policy)
class PolicyAdmin(ActionAdmin):
    """One row: its list leads to it."""

    form = PolicyForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """And it stays."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Straight to the one row."""
        return HttpResponseRedirect(reverse("admin:marketplace_policy_change", args=[1]))

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """The figures can be refused, so they come first."""
        stopped = figures.pop("stopped")
        set_policy(**figures, actor=actor, now=now)
        set_stopped(stopped=stopped, actor=actor, now=now)

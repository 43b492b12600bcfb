"""Admin page for agents."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from gigcx.accounts.admin_pages import ActionAdmin, ActionForm, ZoneField
from gigcx.accounts.models import Agent, User
from marketplace.actions.people import delete_person, keep_person
from skills.models import Certificate, Proficiency


class PersonForm(ActionForm):
    """An agent."""

    timezone = ZoneField(initial="UTC")

    class Meta:
        model = Agent
        fields = ["code", "name", "kind", "department", "team", "timezone", "user"]
        help_texts = {
            "code": gettext_lazy("How files and switches name this person."),
            "department": gettext_lazy("Whose person this is; its mode says whether the matcher may lend him or her."),
            "user": gettext_lazy("Who signs in as this agent. Make the user first; leave it empty if nobody does."),
        }


class Held(admin.TabularInline):
    """What an agent holds, to look at; it is kept on pages of its own."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Not here."""
        return False

    has_change_permission = has_add_permission

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With what is held, so that each row costs no query."""
        return super().get_queryset(request).select_related(self.fields[0], "agent")


class ProficienciesInline(Held):
    """The agent's skills."""

    model = Proficiency
    fields = ["skill", "level", "verified_at", "valid_until"]


class CertificatesInline(Held):
    """The agent's certificates."""

    model = Certificate
    fields = ["certification", "valid_until", "revoked_at"]


@admin.register(Agent)
class AgentAdmin(ActionAdmin):
    """People who serve customers."""

    form = PersonForm
    inlines = [ProficienciesInline, CertificatesInline]
    list_display = ["name", "code", "kind", "department", "team"]
    list_filter = ["department", "kind", "team"]
    list_select_related = ["department", "team"]
    search_fields = ["name", "code", "user__email"]
    raw_id_fields = ["user"]

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Agent:
        """A new agent."""
        return keep_person(agent_id=None, **figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Other figures."""
        keep_person(agent_id=row.pk, **figures, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone, if he or she never worked."""
        delete_person(agent_id=row.pk, actor=actor, now=now)

"""Admin page for departments: their names, and how far the matcher may go in them."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy

from gigcx.accounts import actions
from gigcx.accounts.admin_pages import ActionAdmin, ActionForm
from gigcx.accounts.models import Department, User
from marketplace.actions.mode import set_mode


class DepartmentForm(ActionForm):
    """A department and its mode."""

    class Meta:
        model = Department
        fields = ["name", "mode"]
        help_texts = {
            "mode": gettext_lazy(
                "Auto: the matcher moves people by itself. Approve: it proposes, you decide. Shadow: it only shows what"
                " it would do. Off: nothing. Between two departments the more careful mode wins."
            )
        }


@admin.register(Department)
class DepartmentAdmin(ActionAdmin):
    """Who owns queues and lends agents."""

    form = DepartmentForm
    list_display = ["name", "mode"]
    search_fields = ["name"]

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Department:
        """A new department."""
        return actions.create_department(**figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """The name can be refused, so it comes first."""
        actions.rename_department(department_id=row.pk, name=figures["name"], actor=actor, now=now)
        set_mode(department_id=row.pk, mode=figures["mode"], actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone."""
        actions.delete_department(department_id=row.pk, actor=actor, now=now)

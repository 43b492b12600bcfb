"""Admin pages for skills, proficiencies, certifications and certificates."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gigcx.accounts.admin_pages import ActionAdmin, ActionForm
from gigcx.accounts.models import User
from skills.actions import certificates, proficiencies
from skills.actions.skills import delete_skill, keep_skill
from skills.models import Certificate, Certification, Proficiency, Skill


@admin.register(Skill)
class SkillAdmin(ActionAdmin):
    """What can be known."""

    fields = ["name", "implies"]
    list_display = ["name", "implied"]
    search_fields = ["name"]
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Skill]:
        """With what each implies."""
        return super().get_queryset(request).prefetch_related("implies")

    @admin.display(description=gettext_lazy("counts as holding"))
    def implied(self, skill: Skill) -> str:
        """The skills that this one implies."""
        return ", ".join(other.name for other in skill.implies.all())

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Skill:
        """A new skill."""
        return keep_skill(skill_id=None, **figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Another name or other implications."""
        keep_skill(skill_id=row.pk, **figures, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone, with everybody's proficiency."""
        delete_skill(skill_id=row.pk, actor=actor, now=now)


class ProficiencyForm(ActionForm):
    """Who knows a skill, how well."""

    verified = forms.BooleanField(
        label=gettext_lazy("Verified"),
        required=False,
        initial=True,
        help_text=gettext_lazy("A proficiency counts only once somebody verified it. By saving, you do."),
    )

    class Meta:
        model = Proficiency
        fields = ["agent", "skill", "level", "verified", "valid_from", "valid_until"]
        help_texts = {
            "level": gettext_lazy("1 (learning) to 5 (expert)."),
            "valid_from": gettext_lazy("Leave it empty if it holds already."),
            "valid_until": gettext_lazy("Leave it empty if it does not end."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["verified"] = self.instance.verified_at is not None


@admin.register(Proficiency)
class ProficiencyAdmin(ActionAdmin):
    """Who knows which skill, at which level."""

    form = ProficiencyForm
    list_display = ["agent", "skill", "level", "is_verified", "valid_until"]
    list_filter = ["skill", "level", ("verified_at", admin.EmptyFieldListFilter)]
    list_select_related = ["agent", "skill"]
    search_fields = ["agent__name", "agent__code", "skill__name"]
    raw_id_fields = ["agent"]
    actions = ["verify"]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """Whose it is, and of what, stays."""
        return ["agent", "skill"] if obj else []

    @admin.display(boolean=True, description=gettext_lazy("verified"))
    def is_verified(self, row: Proficiency) -> bool:
        """Whether it counts."""
        return row.verified_at is not None

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Proficiency:
        """A new proficiency."""
        return proficiencies.set_proficiency(**figures, by=by, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Another level or period."""
        whose = {"agent": row.agent, "skill": row.skill}
        proficiencies.set_proficiency(**whose, **figures, by=by, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Not held any more."""
        proficiencies.delete_proficiency(proficiency_id=row.pk, actor=actor, now=now)

    @admin.action(description=gettext_lazy("Verify: they count from now on"))
    def verify(self, request: HttpRequest, rows: models.QuerySet[Proficiency]) -> None:
        """Verify those that were ticked."""
        who = {"by": request.user, "actor": request.user.ledger_name, "now": timezone.now()}
        done = sum(proficiencies.verify(proficiency_id=row.pk, **who) for row in rows)
        self.message_user(
            request, ngettext("%(n)d proficiency verified.", "%(n)d proficiencies verified.", done) % {"n": done}
        )


@admin.register(Certification)
class CertificationAdmin(ActionAdmin):
    """Proofs that queues can demand."""

    fields = ["name", "valid_days"]
    list_display = ["name", "valid_days"]
    search_fields = ["name"]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Say what an empty validity means."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "valid_days":
            field.help_text = _("So many days after it was granted it expires. Leave it empty if it does not.")
        return field

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Certification:
        """A new certification."""
        return certificates.keep_certification(certification_id=None, **figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Other figures."""
        certificates.keep_certification(certification_id=row.pk, **figures, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone."""
        certificates.delete_certification(certification_id=row.pk, actor=actor, now=now)


class CertificateForm(ActionForm):
    """A certification that somebody holds."""

    class Meta:
        model = Certificate
        fields = ["agent", "certification", "valid_from", "valid_until"]
        help_texts = {
            "valid_from": gettext_lazy("Leave it empty if it holds already."),
            "valid_until": gettext_lazy("Leave it empty to take the certification's own validity."),
        }


@admin.register(Certificate)
class CertificateAdmin(ActionAdmin):
    """Who holds which certification. Saving a revoked one grants it again."""

    form = CertificateForm
    list_display = ["agent", "certification", "valid_until", "revoked_at"]
    list_filter = ["certification", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["agent", "certification"]
    search_fields = ["agent__name", "agent__code", "certification__name"]
    raw_id_fields = ["agent"]
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """When it was revoked, where there is something to say."""
        return [*CertificateForm.Meta.fields, *(["revoked_at"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """Whose it is, and of what, stays."""
        return ["agent", "certification", "revoked_at"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never: revoke it."""
        return False

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Certificate:
        """Granted."""
        return certificates.grant_certificate(**figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Granted for another period, or again."""
        whose = {"agent": row.agent, "certification": row.certification}
        certificates.grant_certificate(**whose, **figures, actor=actor, now=now)

    @admin.action(description=gettext_lazy("Revoke: whoever serves by it is moved"))
    def revoke(self, request: HttpRequest, rows: models.QuerySet[Certificate]) -> None:
        """Revoke those that were ticked."""
        for row in rows:
            try:
                certificates.revoke_certificate(
                    certificate_id=row.pk, actor=request.user.ledger_name, now=timezone.now()
                )
            except ValidationError as refusal:
                self.message_user(request, f"{row}: {refusal.messages[0]}", messages.WARNING)
            else:
                self.message_user(request, _("Revoked: %(certificate)s.") % {"certificate": row})

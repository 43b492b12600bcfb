"""Admin pages for users, teams and tokens. Agents, departments and sites stand in `marketplace.admin`."""

from datetime import datetime
from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigcx.accounts import actions
from gigcx.accounts.admin_pages import ActionAdmin, ActionForm, RecordAdmin, ZoneField
from gigcx.accounts.models import Scope, Team, Token, User
from gigcx.accounts.tokens import issue_token, revoke_token
from gigcx.ledger.models import Entry

admin.site.site_title = admin.site.site_header = "gigcx"
admin.site.index_title = gettext_lazy("What you keep")
admin.site.enable_nav_sidebar = False
admin.site.empty_value_display = "–"

# what these register writes past our actions; imported first, they have registered by now
import_module("allauth.account.admin")
import_module("django.contrib.auth.admin")
for model in (Group, EmailAddress, EmailConfirmation):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def change_own_password(_request: HttpRequest, _extra_context: object = None) -> HttpResponse:
    """One page for changing one's own password: allauth's, which limits attempts."""
    return HttpResponseRedirect(reverse("account_change_password"))


admin.site.password_change = change_own_password  # type: ignore[assignment]


class UserForm(ActionForm):
    """A user, and optionally a new password."""

    timezone = ZoneField(initial="UTC", help_text=gettext_lazy("You see all times in this zone."))
    password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least 10 characters; empty keeps the present one. A new password signs this person out everywhere."
        ),
    )

    class Meta:
        model = User
        fields = ["email", "name", "role", "departments", "timezone", "is_active", "password"]
        widgets = {"departments": forms.CheckboxSelectMultiple}
        help_texts = {
            "email": gettext_lazy("This is what the person signs in with."),
            "role": gettext_lazy("A dispatcher moves agents; an admin also keeps what you see here."),
            "departments": gettext_lazy("A dispatcher moves the people of these. Admins may do so everywhere."),
            "is_active": gettext_lazy("Untick this to end every session of this person at once."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["password"] = ""

    def clean_password(self) -> str:
        """Refuse a weak one."""
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.instance)
        return password

    def _post_clean(self) -> None:
        """Check the user without the new password, which is no figure of the row."""
        kept = self.instance.password
        super()._post_clean()
        self.instance.password = kept


@admin.register(User)
class UserAdmin(ActionAdmin):
    """Who signs in. Nobody is deleted: the record needs them."""

    form = UserForm
    list_display = ["email", "name", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active", "departments"]
    search_fields = ["email", "name"]

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never: untick “may sign in”."""
        return False

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> User:
        """A new user; one who shall not sign in yet is switched off afterwards."""
        active = figures.pop("is_active")
        user = actions.create_user(**figures, actor=actor, now=now)
        if not active:
            figures.pop("password")
            actions.change_user(user_id=user.pk, **figures, is_active=False, actor=actor, now=now)
        return user

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """What can be refused comes first; the form has passed the password."""
        password = figures.pop("password")
        actions.change_user(user_id=row.pk, **figures, actor=actor, now=now)
        if password:
            actions.set_password(user_id=row.pk, password=password, actor=actor, now=now)


class TeamForm(ActionForm):
    """A team."""

    class Meta:
        model = Team
        fields = ["name", "department", "lead"]


@admin.register(Team)
class TeamAdmin(ActionAdmin):
    """People with one team lead."""

    form = TeamForm
    list_display = ["name", "department", "lead"]
    list_filter = ["department"]
    list_select_related = ["department", "lead"]
    search_fields = ["name"]
    raw_id_fields = ["lead"]

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Team:
        """A new team."""
        return actions.keep_team(team_id=None, **figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Other figures."""
        actions.keep_team(team_id=row.pk, **figures, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone."""
        actions.delete_team(team_id=row.pk, actor=actor, now=now)


class TokenForm(ActionForm):
    """A new token."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A switch needs both."),
    )

    class Meta:
        model = Token
        fields = ["name", "scopes"]
        help_texts = {"name": gettext_lazy("What uses it, so that you know what stops when you revoke it.")}


@admin.register(Token)
class TokenAdmin(ActionAdmin):
    """Tokens are issued and revoked, never changed. The secret is shown once."""

    form = TokenForm
    list_display = ["name", "scopes", "created_at", "created_by", "revoked_at"]
    list_select_related = ["created_by"]
    readonly_fields = ["created_at", "created_by", "revoked_at"]
    search_fields = ["name"]
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """What became of it only where it exists."""
        return ["name", "scopes", *(self.readonly_fields if obj else [])]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """A token stays what it is; the list may be acted on."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never: revoke it."""
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Issue the token, and show its secret this one time."""
        token, secret = issue_token(
            **self.figures(form, formsets), by=request.user, actor=request.user.ledger_name, now=timezone.now()
        )
        form.instance.pk = token.pk
        what = _("The secret of “%(name)s” is %(secret)s. Copy it now: nobody can read it again.")
        self.message_user(request, what % {"name": token.name, "secret": secret}, messages.WARNING)

    @admin.action(description=gettext_lazy("Revoke: they stop working at once"))
    def revoke(self, request: HttpRequest, tokens: models.QuerySet[Token]) -> None:
        """Revoke the tokens that were ticked."""
        revoked = [
            token.name
            for token in tokens
            if revoke_token(token_id=token.pk, actor=request.user.ledger_name, now=timezone.now())
        ]
        if revoked:
            self.message_user(request, _("Revoked: %(names)s.") % {"names": ", ".join(revoked)})
        else:
            self.message_user(request, _("These were revoked already."), messages.WARNING)


@admin.register(Entry)
class EntryAdmin(RecordAdmin):
    """The ledger: who did what to what, when."""

    list_display = ["at", "kind", "subject", "actor", "data"]
    search_fields = ["kind__startswith", "subject__exact"]
    search_help_text = gettext_lazy("The beginning of a kind, or a whole subject like agent:17.")
    ordering = ["-id"]

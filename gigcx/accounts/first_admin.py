"""The first admin: a signed link that works until there is an admin."""

from datetime import datetime

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Role, User, validate_timezone
from gigcx.ledger.record import record

SALT = "gigcx.first-admin"
LINK_SECONDS = 24 * 3600
FIRST_ADMIN_LOCK = 0x67696763_0002


def there_is_an_admin() -> bool:
    """Whether anyone is an admin yet."""
    return User.objects.filter(role=Role.ADMIN).exists()


def make_secret() -> str:
    """The secret part of a link that is good for a day."""
    return signing.dumps("first admin", salt=SALT)


def link_is_valid(*, secret: str) -> bool:
    """Whether the link is ours, fresh, and still needed."""
    try:
        signing.loads(secret, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return False
    return not there_is_an_admin()


class FirstAdminForm(forms.Form):
    """Who the first admin is."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"),
        min_length=10,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        validators=[validate_password],
    )
    timezone = forms.CharField(label=_("Time zone"), initial="UTC", max_length=64, validators=[validate_timezone])

    def clean_email(self) -> str:
        """Refuse an address that is taken."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(_("This address is taken. Use another one."))
        return email


@transaction.atomic
def make_first_admin(*, name: str, email: str, password: str, timezone: str, now: datetime) -> User | None:
    """Make the admin; None if another was quicker. The lock makes two clicks on one link one admin."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_ADMIN_LOCK])
    if there_is_an_admin():
        return None
    user = User.objects.create_user(email, password, name=name, role=Role.ADMIN, timezone=timezone)
    record(kind="user.created", subject=user.ledger_name, actor=user.ledger_name, at=now, data={"role": Role.ADMIN})
    return user

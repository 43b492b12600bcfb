"""People and the organisation they work in."""

import zoneinfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


def validate_timezone(value: str) -> None:
    """Raise `ValidationError` unless the value is an IANA zone name."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("%(value)s is no time zone. Use a name like Europe/Rome."), params={"value": value})


class Role(models.TextChoices):
    """What a person may do; an admin may do what a dispatcher may."""

    AGENT = "agent", _("Agent")
    DISPATCHER = "dispatcher", _("Dispatcher")
    ADMIN = "admin", _("Admin")


class DepartmentMode(models.IntegerChoices):
    """How far the matcher may go; the numbers are those of `matching.Mode`."""

    OFF = 0, _("Off")
    SHADOW = 1, _("Shadow")
    APPROVE = 2, _("Approve")
    AUTO = 3, _("Auto")


class Department(models.Model):
    """Who owns queues and lends agents."""

    name = models.CharField(max_length=80, unique=True)
    mode = models.PositiveSmallIntegerField(choices=DepartmentMode, default=DepartmentMode.AUTO)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=models.Q(mode__lte=3), name="department_mode_known")]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A building with seats; working from home is no site."""

    name = models.CharField(max_length=80, unique=True)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_timezone])
    seats = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user who can sign in with this address; without a password only by a link."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """An admin, by Django's name for it."""
        return self.create_user(email, password, role=Role.ADMIN, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(max_length=12, choices=Role, default=Role.AGENT)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_timezone])
    theme = models.CharField(
        max_length=5, blank=True, choices=[("", _("as the device")), ("light", _("light")), ("dark", _("dark"))]
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    departments = models.ManyToManyField(Department, blank=True, help_text=_("What a dispatcher is responsible for."))
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether the admin pages are open to this person."""
        return self.is_active and self.role == Role.ADMIN

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Admins may use every admin page; nobody else any."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """As `has_perm`."""
        return self.is_staff

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session of this person must match: a new password or a higher epoch ends them all at once."""
        return str(
            salted_hmac(
                "gigcx.accounts.models.User.session",
                f"{self.password}:{self.session_epoch}",
                secret,
                algorithm="sha256",
            ).hexdigest()
        )

    @property
    def ledger_name(self) -> str:
        """How the ledger names this person: an id, no personal data."""
        return f"user:{self.pk}"


class Team(models.Model):
    """People with one team lead."""

    name = models.CharField(max_length=80, unique=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    lead = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AgentKind(models.TextChoices):
    """Where a person comes from."""

    INTERNAL = "internal", _("internal, lent by a department")
    EXTERNAL = "external", _("external, gig")


class Agent(models.Model):
    """A person who serves customers; `code` is how files and switches name him or her."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="agent")
    kind = models.CharField(max_length=8, choices=AgentKind, default=AgentKind.INTERNAL)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_timezone])
    # rises with every change of what this person books or keeps free: whoever has judged that sees if it still holds
    calendar_version = models.BigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        ordering = ["name", "code"]

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """What a token may do."""

    TELEMETRY = "telemetry", _("send telemetry")
    ASSIGNMENTS = "assignments", _("read assignments")
    COUNTS = "counts", _("send counts of the past")
    FORECAST = "forecast", _("read forecasts")
    SHIFTS = "shifts", _("plan shifts")


class Token(models.Model):
    """A bearer token of a switch or another system. Only its hash is kept."""

    name = models.CharField(max_length=80)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=24, choices=Scope))
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def ledger_name(self) -> str:
        """How the ledger names this caller."""
        return f"token:{self.pk}"

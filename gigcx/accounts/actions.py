"""What admins decide about users and the organisation: every change is one transaction with its Entry.

The ledger keeps ids, roles and the names of changed figures, never a name or an address. Every action raises
`ValidationError`, by field where it can, and then nothing has changed.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gigcx.accounts.first_admin import FIRST_ADMIN_LOCK
from gigcx.accounts.models import Department, Role, Site, Team, User
from gigcx.ledger.keeping import drop, keep
from gigcx.ledger.record import record

PERSONAL = ("email", "name", "timezone")


@transaction.atomic(durable=True)
def create_user(
    *,
    email: str,
    name: str,
    role: str,
    timezone: str,
    departments: Collection[Department] = (),
    password: str = "",
    actor: str,
    now: datetime,
) -> User:
    """A new user; without a password nobody can sign in until `set_password` gave one."""
    user = User(email=_address(email))
    _set_password(user, password)
    ids = sorted(department.pk for department in departments)
    keep(
        user,
        figures={"email": user.email, "name": name, "role": role, "timezone": timezone},
        kind="user.created",
        actor=actor,
        now=now,
        private=PERSONAL,
        also={"departments": [[], ids]} if ids else None,
    )
    user.departments.set(ids)
    return user


@transaction.atomic(durable=True)
def change_user(
    *,
    user_id: int,
    email: str,
    name: str,
    role: str,
    timezone: str,
    is_active: bool,
    departments: Collection[Department],
    actor: str,
    now: datetime,
) -> bool:
    """Change a user; whether anything did. One who may no longer sign in is out at once, on every device.

    A new address replaces the old one for signing in. Refuses to leave nobody who is an admin and may sign in.
    """
    with connection.cursor() as cursor:
        # two admins could each take the other's role away
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_ADMIN_LOCK])
    user = User.objects.select_for_update().get(pk=user_id)
    _keep_an_admin(user, still=is_active and role == Role.ADMIN)
    before, after = sorted(user.departments.values_list("pk", flat=True)), sorted(row.pk for row in departments)
    moved, left = user.email != _address(email), user.is_active and not is_active
    changed = keep(
        user,
        figures={
            "email": _address(email),
            "name": name,
            "role": role,
            "timezone": timezone,
            "is_active": is_active,
            "session_epoch": user.session_epoch + left,
        },
        kind="user.deactivated" if left else "user.changed",
        actor=actor,
        now=now,
        private=PERSONAL,
        also={"departments": [before, after]} if before != after else None,
    )
    user.departments.set(after)
    if moved:
        EmailAddress.objects.filter(user=user).delete()
    return changed


@transaction.atomic(durable=True)
def set_password(*, user_id: int, password: str, actor: str, now: datetime) -> None:
    """Give a user a password; every session that was open ends. Raises `ValidationError` on a weak one."""
    user = User.objects.select_for_update().get(pk=user_id)
    _set_password(user, password)
    user.save(update_fields=["password"])
    record(kind="user.password_set", subject=user.ledger_name, actor=actor, at=now)


def _set_password(user: User, password: str) -> None:
    if password:
        try:
            validate_password(password, user)
        except ValidationError as weak:
            raise ValidationError({"password": weak.messages}) from weak
    user.set_password(password or None)


def _address(email: str) -> str:
    return User.objects.normalize_email(email).lower()


def _keep_an_admin(user: User, *, still: bool) -> None:
    """Refuse to lose the last admin."""
    if still or user.role != Role.ADMIN or not user.is_active:
        return
    if not User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk).exists():
        raise ValidationError(_("This is the only admin who may sign in. Make somebody else an admin first."))


@transaction.atomic(durable=True)
def create_department(*, name: str, mode: int, actor: str, now: datetime) -> Department:
    """A new department."""
    department = Department()
    keep(department, figures={"name": name, "mode": mode}, kind="department.changed", actor=actor, now=now)
    return department


@transaction.atomic(durable=True)
def rename_department(*, department_id: int, name: str, actor: str, now: datetime) -> bool:
    """Call a department otherwise; its mode is set by `marketplace.actions.mode`."""
    department = Department.objects.select_for_update().get(pk=department_id)
    return keep(department, figures={"name": name}, kind="department.changed", actor=actor, now=now)


@transaction.atomic(durable=True)
def delete_department(*, department_id: int, actor: str, now: datetime) -> None:
    """Delete a department that has neither queues nor people."""
    drop(Department.objects.get(pk=department_id), kind="department.deleted", actor=actor, now=now)


@transaction.atomic(durable=True)
def delete_site(*, site_id: int, actor: str, now: datetime) -> None:
    """Delete a site; duty planned there counts as duty from home."""
    drop(Site.objects.get(pk=site_id), kind="site.deleted", actor=actor, now=now)


@transaction.atomic(durable=True)
def keep_team(*, team_id: int | None, actor: str, now: datetime, **figures: Any) -> Team:
    """A new team (`team_id` None), or other figures for one: `name`, `department`, `lead`."""
    team = Team.objects.select_for_update().get(pk=team_id) if team_id else Team()
    keep(team, figures=figures, kind="team.changed", actor=actor, now=now)
    return team


@transaction.atomic(durable=True)
def delete_team(*, team_id: int, actor: str, now: datetime) -> None:
    """Delete a team; its people stay, without one."""
    drop(Team.objects.get(pk=team_id), kind="team.deleted", actor=actor, now=now)

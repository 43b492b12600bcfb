"""Admin pages of users, sites, teams and tokens."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from gigcx.accounts.models import Department, Role, Site, Team, Token, User
from gigcx.accounts.tokens import digest
from gigcx.ledger.models import Entry
from tests.admin_site import address, fill_in, refusals, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "horse battery staple"


@pytest.fixture
def mina() -> Client:
    return signed_in(Role.ADMIN)


@pytest.fixture
def dov() -> User:
    return User.objects.create_user("dov@example.org", PASSWORD, name="Dov", role=Role.DISPATCHER)


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def opens(browser: Client) -> bool:
    """Whether the browser is signed in."""
    return browser.get("/theme/").status_code == 405  # a page for signed-in people that wants a POST


def test_user_is_created_with_a_password_and_can_sign_in(mina: Client) -> None:
    retail = Department.objects.create(name="Retail")
    fill_in(
        mina,
        User,
        email="Dov@Example.org",
        name="Dov",
        role=Role.DISPATCHER,
        departments=[retail.pk],
        password=PASSWORD,
    )
    user = User.objects.get(email="dov@example.org")
    assert (user.role, list(user.departments.all()), user.is_active) == (Role.DISPATCHER, [retail], True)
    assert user.check_password(PASSWORD)
    assert kinds() == ["user.created"]


def test_ledger_keeps_no_name_and_no_address(mina: Client, dov: User) -> None:
    fill_in(mina, User, dov.pk, email="other@example.org", name="Somebody", role=Role.ADMIN)
    entry = Entry.objects.get()
    assert entry.data == {
        "new": False,
        "changed": {"email": None, "name": None, "role": ["dispatcher", "admin"]},
    }


def test_user_without_password_can_not_sign_in(mina: Client) -> None:
    fill_in(mina, User, email="x@example.org", name="X", role=Role.AGENT)
    assert not User.objects.get(email="x@example.org").has_usable_password()


def test_weak_password_is_refused(mina: Client, dov: User) -> None:
    before = dov.password
    answer = fill_in(mina, User, dov.pk, name="Other", password="password12")
    assert refusals(answer) == {"password": ["This password is too common."]}
    dov.refresh_from_db()
    assert (dov.password, dov.name, kinds()) == (before, "Dov", [])


def test_address_that_is_taken_is_refused_in_any_case(mina: Client, dov: User) -> None:
    answer = fill_in(mina, User, dov.pk, email="MINA@example.org")
    assert list(refusals(answer)) == ["email"]
    dov.refresh_from_db()
    assert (dov.email, kinds()) == ("dov@example.org", [])


def test_deactivated_user_is_out_at_once_and_old_sessions_stay_dead(mina: Client, dov: User) -> None:
    browser = Client()
    browser.force_login(dov)
    assert opens(browser)
    fill_in(mina, User, dov.pk, is_active=None)
    assert not opens(browser)
    fill_in(mina, User, dov.pk, is_active="on")
    assert not opens(browser)
    assert kinds() == ["user.deactivated", "user.changed"]


def test_new_password_ends_every_session(mina: Client, dov: User) -> None:
    browser = Client()
    browser.force_login(dov)
    fill_in(mina, User, dov.pk, password="correct horse battery")
    assert not opens(browser)
    assert kinds() == ["user.password_set"]


def test_old_address_stops_working(mina: Client, dov: User) -> None:
    EmailAddress.objects.create(user=dov, email=dov.email, primary=True, verified=True)
    fill_in(mina, User, dov.pk, email="new@example.org")
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize("cells", [{"role": Role.AGENT}, {"is_active": None}])
def test_only_admin_stays_admin(mina: Client, cells: dict[str, str | None]) -> None:
    user = User.objects.get()
    answer = fill_in(mina, User, user.pk, **cells)
    assert refusals(answer) == {
        "__all__": ["This is the only admin who may sign in. Make somebody else an admin first."]
    }
    user.refresh_from_db()
    assert (user.role, user.is_active, kinds()) == (Role.ADMIN, True, [])


def test_one_of_two_admins_may_go(mina: Client, dov: User) -> None:
    User.objects.filter(pk=dov.pk).update(role=Role.ADMIN)
    assert fill_in(mina, User, dov.pk, is_active=None).status_code == 302


def test_user_is_never_deleted(mina: Client, dov: User) -> None:
    assert mina.post(address(User, "delete", dov.pk), {"post": "yes"}).status_code == 403
    assert User.objects.count() == 2


def test_token_s_secret_is_shown_once_and_only_its_hash_kept(mina: Client) -> None:
    fill_in(mina, Token, name="Switch", scopes=["telemetry", "assignments"])
    token = Token.objects.get()
    page = mina.get(address(Token, "changelist")).content.decode()
    secret = re.search(r"gcx_[\w-]+", page).group()
    assert digest(secret) == token.hash
    assert secret not in mina.get(address(Token, "changelist")).content.decode()
    assert (token.scopes, token.created_by.name, kinds()) == (["telemetry", "assignments"], "Mina", ["token.issued"])


def test_token_without_scope_is_refused(mina: Client) -> None:
    assert list(refusals(fill_in(mina, Token, name="Switch"))) == ["scopes"]
    assert (Token.objects.count(), kinds()) == (0, [])


def test_token_is_revoked_and_never_changed(mina: Client) -> None:
    fill_in(mina, Token, name="Switch", scopes=["telemetry"])
    token = Token.objects.get()
    assert mina.post(address(Token, "change", token.pk), {"name": "Other"}).status_code == 403
    mina.post(address(Token, "changelist"), {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert kinds() == ["token.issued", "token.revoked"]


def test_site_and_team_are_kept(mina: Client) -> None:
    retail = Department.objects.create(name="Retail")
    fill_in(mina, Site, name="Milan", timezone="Europe/Rome", seats=40)
    fill_in(mina, Team, name="Team A", department=retail.pk)
    site, team = Site.objects.get(), Team.objects.get()
    fill_in(mina, Site, site.pk, seats=50)
    mina.post(address(Team, "delete", team.pk), {"post": "yes"})
    site.refresh_from_db()
    assert (site.seats, site.timezone, Team.objects.count()) == (50, "Europe/Rome", 0)
    assert kinds() == ["site.changed", "team.changed", "site.changed", "team.deleted"]


def test_history_is_what_the_ledger_says(mina: Client) -> None:
    fill_in(mina, Site, name="Milan")
    site = Site.objects.get()
    page = mina.get(address(Site, "history", site.pk), follow=True)
    assert page.context["cl"].result_count == 1
    assert "site.changed" in page.content.decode()


def test_own_password_is_changed_on_the_page_with_limits(mina: Client) -> None:
    assert mina.get("/admin/password_change/").url == "/accounts/password/change/"

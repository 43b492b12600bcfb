"""Tokens: shown once, kept as a hash, scoped, and worthless from the moment of revocation."""

from datetime import UTC, datetime

import pytest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory

from gigcx.accounts.models import Token
from gigcx.accounts.tokens import TokenAuthentication, digest, issue_token, revoke_token
from gigcx.ledger.models import Entry

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def issue(*scopes: str) -> tuple[Token, str]:
    return issue_token(name="Switch", scopes=scopes, by=None, actor="user:1", now=NOW)


def recognise(header: str | None) -> object:
    headers = {} if header is None else {"HTTP_AUTHORIZATION": header}
    found = TokenAuthentication().authenticate(APIRequestFactory().get("/", **headers))
    return found and found[1]


def test_token_is_kept_as_a_hash_only() -> None:
    token, secret = issue("telemetry")
    assert secret.startswith("gcx_")
    assert len(secret) > 40
    assert token.hash == digest(secret)
    stored = Token.objects.values().get()
    assert secret not in str(stored)
    assert secret not in str(list(Entry.objects.values()))


def test_token_is_recognised_by_its_secret() -> None:
    token, secret = issue("telemetry", "assignments")
    assert recognise(f"Bearer {secret}") == token
    assert recognise(f"bearer {secret}") == token
    assert recognise(None) is None
    assert recognise("Basic abc") is None, "another scheme is for another authenticator"


@pytest.mark.parametrize("made_of", ["Bearer", "Bearer ", "Bearer {}x", "Bearer gcx_", "Bearer {} {}", "Bearer \xff"])
def test_token_that_is_wrong_is_refused(made_of: str) -> None:
    _, secret = issue("telemetry")
    with pytest.raises(AuthenticationFailed):
        recognise(made_of.format(secret, secret))


def test_token_is_worthless_once_revoked() -> None:
    token, secret = issue("telemetry")
    assert revoke_token(token_id=token.pk, actor="user:1", now=NOW)
    with pytest.raises(AuthenticationFailed):
        recognise(f"Bearer {secret}")


def test_token_is_revoked_once() -> None:
    token, _ = issue("telemetry")
    assert revoke_token(token_id=token.pk, actor="user:1", now=NOW)
    assert not revoke_token(token_id=token.pk, actor="user:2", now=NOW)
    kinds = list(Entry.objects.order_by("id").values_list("kind", "actor", "subject"))
    assert kinds == [("token.issued", "user:1", f"token:{token.pk}"), ("token.revoked", "user:1", f"token:{token.pk}")]


@pytest.mark.parametrize("scopes", [[], ["everything"], ["telemetry", "admin"]])
def test_token_needs_scopes_that_exist(scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="known are telemetry, assignments"):
        issue(*scopes)
    assert not Token.objects.exists()
    assert not Entry.objects.exists()

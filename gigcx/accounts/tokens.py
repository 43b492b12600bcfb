"""Bearer tokens: issue, revoke, recognise. A token is shown once; the database keeps its SHA-256 only."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from gigcx.accounts.models import Scope, Token, User
from gigcx.ledger.record import record

PREFIX = "gcx_"


def digest(secret: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_token(*, name: str, scopes: Sequence[str], by: User | None, actor: str, now: datetime) -> tuple[Token, str]:
    """Make a token; the row and the secret, which nobody can read again. Raises `ValueError` on an unknown scope."""
    if unknown := set(scopes) - set(Scope.values) or (not scopes and {"none"}):
        raise ValueError(f"Unknown scopes {sorted(unknown)}; known are {', '.join(Scope.values)}.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(name=name, scopes=list(scopes), hash=digest(secret), created_by=by)
    record(kind="token.issued", subject=token.ledger_name, actor=actor, at=now, data={"scopes": list(scopes)})
    return token, secret


@transaction.atomic
def revoke_token(*, token_id: int, actor: str, now: datetime) -> bool:
    """Make a token worthless at once; False if it was already revoked."""
    changed = Token.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=now)
    if changed:
        record(kind="token.revoked", subject=f"token:{token_id}", actor=actor, at=now)
    return bool(changed)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer gcx_…` → `request.auth` is the `Token`; `request.user` stays anonymous."""

    def authenticate(self, request: HttpRequest) -> tuple[object, Token] | None:
        """The token, None where the header is absent; raises `AuthenticationFailed` on a bad one."""
        from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415 - apps are not ready at import

        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        token = Token.objects.filter(hash=digest(words[-1].decode("latin-1")), revoked_at__isnull=True).first()
        if len(words) != 2 or token is None:
            raise AuthenticationFailed(_("This token is unknown or was revoked."))
        return AnonymousUser(), token

    def authenticate_header(self, request: HttpRequest) -> str:
        """Makes a missing token a 401."""
        return "Bearer"

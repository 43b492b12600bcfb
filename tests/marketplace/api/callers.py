"""People who call the API."""

from typing import Any

from rest_framework.response import Response
from rest_framework.test import APIClient

from gigcx.accounts.models import User
from gigcx.accounts.tokens import issue_token
from tests.factories import NOW


def caller(user: User | None) -> APIClient:
    """A client in which this person is signed in; None: nobody."""
    client = APIClient(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def post(client: APIClient, path: str, body: dict[str, Any] | None = None, **headers: str) -> Response:
    """Send JSON to an address below `/api/v1/`."""
    return client.post(f"/api/v1/{path}", body or {}, format="json", headers=headers or None)


def token(*scopes: str) -> APIClient:
    """A client with a token of these scopes."""
    _, secret = issue_token(name="test", scopes=scopes, by=None, actor="test", now=NOW)
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client

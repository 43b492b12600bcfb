"""People who call the API."""

from typing import Any

from rest_framework.response import Response
from rest_framework.test import APIClient

from gigcx.accounts.models import User


def caller(user: User | None) -> APIClient:
    """A client in which this person is signed in; None: nobody."""
    client = APIClient(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def post(client: APIClient, path: str, body: dict[str, Any] | None = None, **headers: str) -> Response:
    """Send JSON to an address below `/api/v1/`."""
    return client.post(f"/api/v1/{path}", body or {}, format="json", headers=headers or None)

"""The two calls of gigcx's HTTP interface for switches, on one kept-alive connection. Standard library only."""

from __future__ import annotations

import http.client
import json
import socket
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from marketplace.telephony.switch import AgentRow, QueueRow


class Unavailable(Exception):  # noqa: N818 - a state of the other side
    """gigcx could not be reached or could not answer now; trying again later may help."""


class Rejected(Exception):  # noqa: N818 - the word for it
    """gigcx said no, and would again. The message carries its reasons."""


class Client:
    """One connection to gigcx. Not for use by two threads at once, except for `close`."""

    def __init__(self, *, url: str, token: str, patience_seconds: float) -> None:
        """`url` is where the installation is reached, such as http://127.0.0.1:8000; raises `ValueError` on others.

        An answer that takes longer than `patience_seconds` counts as none.
        """
        address = urlsplit(url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError(f"{url!r} is no address of gigcx. Use one like http://127.0.0.1:8000.")
        make = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        self._connection = make(address.hostname, address.port, timeout=patience_seconds)
        self._base = address.path.rstrip("/") + "/api/v1"
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def send_telemetry(
        self, *, sent_at: datetime, queues: Sequence[QueueRow], agents: Sequence[AgentRow]
    ) -> dict[str, Any]:
        """Send one batch; what was taken. Raises `Unavailable` or `Rejected`."""
        batch = {
            "batch_id": str(uuid.uuid4()),
            "sent_at": sent_at.isoformat(),
            "queues": queues,
            "agents": agents,
        }
        return self._call("POST", "/telemetry/", json.dumps(batch).encode())

    def follow_assignments(self, *, after: str | None) -> dict[str, Any]:
        """All open assignments, or what changed after the cursor, waiting for it. Raises as above."""
        return self._call("GET", "/assignments/" + (f"?after={quote(after)}" if after else ""))

    def close(self) -> None:
        """Hang up; a call that waits in another thread ends with `Unavailable`."""
        with suppress(OSError, AttributeError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def _call(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        headers = self._headers | ({"Content-Type": "application/json"} if body else {})
        try:
            self._connection.request(method, self._base + path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException, AttributeError) as problem:  # AttributeError: closed under us
            self._connection.close()
            raise Unavailable(f"{type(problem).__name__}: {problem}") from problem
        if answer.status >= 500 or answer.status in {409, 429}:
            raise Unavailable(f"gigcx answered {answer.status}")
        if answer.status >= 400:
            raise Rejected(f"gigcx answered {answer.status}: {text[:600].decode(errors='replace')}")
        try:
            found: dict[str, Any] = json.loads(text)
        except ValueError as problem:
            raise Unavailable("the answer is not from gigcx") from problem
        return found

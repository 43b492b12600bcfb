"""Fetch a calendar from an address that somebody typed in, without becoming a way into our own network.

https only; every address that a name stands for must be public, and the connection goes to the very address that was
checked, so that a name can't change its mind in between; each redirect is checked anew. Size and time have ends.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urljoin, urlsplit

from marketplace.calendars.read import LARGEST, Unreadable
from marketplace.vocabulary import CalendarTrouble

REDIRECTS = 3
WHOLE_SECONDS = 15.0
STEP_SECONDS = 5.0
CHUNK = 65_536
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever way it is written."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None or ip.teredo is not None or ip in NAT64:
            return False
    return ip.is_global and not ip.is_multicast


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a fetch may go."""

    ports: frozenset[int] = frozenset({443})
    may_reach: Callable[[str], bool] = is_public
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)


class _Pinned(HTTPSConnection):
    """A connection to an address that was checked, for the host that it was checked for."""

    def __init__(self, host: str, *, port: int, address: str, tls: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=STEP_SECONDS, context=tls)
        self._address, self._tls = address, tls

    def connect(self) -> None:
        """To the address, with the certificate of the host."""
        plain = socket.create_connection((self._address, self.port), timeout=STEP_SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def checked(url: str) -> SplitResult:
    """The parts of an address that may be fetched; `webcal` is https. Raises `Unreadable`."""
    try:
        parts = urlsplit(url.strip())
        parts = parts._replace(scheme="https") if parts.scheme == "webcal" else parts
        good = parts.scheme == "https" and parts.hostname and not parts.username and not parts.password
        _ = parts.port
    except ValueError:
        good = False
    if not good or not url.isascii() or any(sign.isspace() for sign in url.strip()):
        raise Unreadable(CalendarTrouble.ADDRESS)
    return parts


def fetch(url: str, *, reach: Reach | None = None) -> bytes:
    """What lies at the address. Raises `Unreadable` with why not; what it says holds nothing of the address."""
    reach, ends = reach or Reach(), time.monotonic() + WHOLE_SECONDS
    for _ in range(REDIRECTS + 1):
        answer = _get(checked(url), reach, ends)
        if isinstance(answer, bytes):
            return answer
        url = urljoin(url.replace("webcal://", "https://", 1), answer)
    raise Unreadable(CalendarTrouble.UNREACHABLE)


def _get(parts: SplitResult, reach: Reach, ends: float) -> bytes | str:
    """The body, or where it has moved to."""
    host, port = parts.hostname or "", parts.port or 443
    if port not in reach.ports:
        raise Unreadable(CalendarTrouble.ADDRESS)
    connection = _Pinned(host, port=port, address=_resolve(host, port, reach), tls=reach.tls)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", path, headers={"Accept": "text/calendar", "Accept-Encoding": "identity"})
        answer = connection.getresponse()
        if answer.status in {301, 302, 303, 307, 308} and (moved := answer.headers.get("Location")):
            return moved
        if answer.status != 200:
            gone = 400 <= answer.status < 500 and answer.status != 429
            raise Unreadable(CalendarTrouble.REFUSED if gone else CalendarTrouble.UNREACHABLE)
        return _body(answer, ends)
    except (OSError, HTTPException, ValueError) as problem:
        raise Unreadable(CalendarTrouble.UNREACHABLE) from problem
    finally:
        connection.close()


def _resolve(host: str, port: int, reach: Reach) -> str:
    """An address of the host; every one that it has must be within reach."""
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as problem:
        raise Unreadable(CalendarTrouble.UNREACHABLE) from problem
    if not found or not all(reach.may_reach(address) for address in found):
        raise Unreadable(CalendarTrouble.ADDRESS)
    return found[0]


def _body(answer: HTTPResponse, ends: float) -> bytes:
    body = bytearray()
    while chunk := answer.read1(CHUNK):
        body += chunk
        if len(body) > LARGEST:
            raise Unreadable(CalendarTrouble.TOO_LARGE)
        if time.monotonic() > ends:
            raise Unreadable(CalendarTrouble.UNREACHABLE)
    return bytes(body)

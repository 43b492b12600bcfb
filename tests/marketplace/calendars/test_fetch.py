"""Addresses that people type in: what is fetched, and what is never reached. A real server with TLS answers."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from marketplace.calendars.fetch import Reach, checked, fetch, is_public
from marketplace.calendars.read import LARGEST, Unreadable
from marketplace.vocabulary import CalendarTrouble


class Answers(BaseHTTPRequestHandler):
    """By path."""

    def do_GET(self) -> None:
        """A calendar, a way on, or trouble."""
        moved = {"/moved": "/good", "/circle": "/circle", "/inward": "http://localhost/", "/aside": "https://u:p@x/"}
        if self.path in moved:
            self.send_response(302)
            self.send_header("Location", moved[self.path])
            self.end_headers()
            return
        self.send_response({"/gone": 404, "/broken": 503}.get(self.path, 200))
        self.end_headers()
        self.wfile.write(b"x" * (LARGEST + 1) if self.path == "/large" else b"BEGIN:VCALENDAR")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def tls(tmp_path_factory) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@pytest.fixture(scope="module")
def port(tls) -> Iterator[int]:
    """Where the server listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def reach(tls, port) -> Reach:
    """Far enough for the server of the test."""
    trusted = ssl.create_default_context(cafile=str(tls[0]))
    return Reach(ports=frozenset({port}), may_reach=lambda address: address in {"127.0.0.1", "::1"}, tls=trusted)


def trouble(url: str, reach: Reach | None = None) -> str:
    with pytest.raises(Unreadable) as refusal:
        fetch(url, reach=reach)
    return refusal.value.trouble


@pytest.mark.parametrize("path", ["good", "moved"])
@pytest.mark.parametrize("scheme", ["https", "webcal"])
def test_a_calendar_is_fetched(port, reach, scheme, path):
    assert fetch(f"{scheme}://localhost:{port}/{path}", reach=reach) == b"BEGIN:VCALENDAR"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("gone", CalendarTrouble.REFUSED),
        ("broken", CalendarTrouble.UNREACHABLE),
        ("circle", CalendarTrouble.UNREACHABLE),
        ("large", CalendarTrouble.TOO_LARGE),
        ("inward", CalendarTrouble.ADDRESS),
        ("aside", CalendarTrouble.ADDRESS),
    ],
)
def test_whatever_goes_wrong_says_why(port, reach, path, why):
    assert trouble(f"https://localhost:{port}/{path}", reach) == why


def test_our_own_network_is_out_of_reach(port, tls):
    inside = Reach(ports=frozenset({port}), tls=ssl.create_default_context(cafile=str(tls[0])))
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert trouble(f"https://{host}:{port}/good", inside) == CalendarTrouble.ADDRESS


def test_a_host_without_its_certificate_is_not_believed(port, reach):
    assert trouble(f"https://127.0.0.1:{port}/good", reach) == CalendarTrouble.UNREACHABLE


def test_other_ports_are_not_tried(port):
    assert trouble(f"https://example.com:{port}/") == CalendarTrouble.ADDRESS


def test_one_private_address_of_a_name_is_enough_to_refuse(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert trouble("https://example.com/") == CalendarTrouble.ADDRESS


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
     "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:53aa:64c::1", "ff02::1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_addresses_that_are(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "file:///etc/passwd", "https://", "https://u:p@example.com/", "https://[::1", "x",
            "https://example.com:99999/", "https://exa mple.com/", "https://example.com/\r\nX: y", "https://例え.jp/"]
)  # fmt: skip
def test_addresses_that_are_none(url):
    with pytest.raises(Unreadable) as refusal:
        checked(url)
    assert refusal.value.trouble == CalendarTrouble.ADDRESS

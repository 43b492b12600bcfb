"""Something at the other end of the line that fails in every way a test wants."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = tuple[int, object]


class FarEnd:
    """Answers the two calls as `answer(method, path, body)` says, and remembers them."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.connections = 0
        self.answer: Callable[[str, str, Any], Answer | None] = lambda *_: (200, {})
        far_end = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                far_end.connections += 1

            def handle_call(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                far_end.calls.append((self.command, self.path, body))
                far_end.headers = dict(self.headers)
                answer = far_end.answer(self.command, self.path, body)
                if answer is None:  # hang up without a word
                    self.close_connection = True
                    return
                status, value = answer
                text = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                with suppress(BrokenPipeError):  # who asked has hung up
                    self.end_headers()
                    self.wfile.write(text)

            do_GET = do_POST = handle_call  # noqa: N815 - names that the library asks for

            def log_message(self, *_: object) -> None:
                pass

        self.headers: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    """A real HTTP server in a thread."""
    end = FarEnd()
    thread = threading.Thread(target=end.server.serve_forever, args=(0.01,))
    thread.start()
    yield end
    end.server.shutdown()
    thread.join()
    end.server.server_close()

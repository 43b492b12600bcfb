"""A throwaway installation of real processes beside the database of this one: `manage.py up` on a free port."""

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

START_SECONDS = 180.0
STOP_SECONDS = 20.0
NOT_THEIRS = {"CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE", "GIGCX_URL", "GIGCX_ALLOWED_HOSTS", "HOST"}
"""What in our environment leads elsewhere: above all the broker, where another installation's workers may listen."""


@contextmanager
def installation() -> Iterator[str]:
    """Web, worker, beat, relay and a broker of their own on the database that this process uses; yields the URL.

    Raises `RuntimeError` with what it said if it does not get ready.
    """
    with tempfile.TemporaryDirectory(prefix="gigcx-bench-") as folder:
        data = Path(folder)
        data.chmod(0o711)  # the broker may run as somebody else
        complaints = data / "up.err"
        with complaints.open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--no-demo"],
                cwd=settings.BASE_DIR,
                env=_environment(data),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        try:
            yield _ready(process, complaints)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NOT_THEIRS}
    own = {
        "DATABASE_URL": database_url(),
        "GIGCX_DATA": str(data),
        "GIGCX_SECRET_KEY": str(settings.SECRET_KEY),
        "PORT": "0",
    }
    return kept | own


def database_url() -> str:
    """The database that this process uses now; its host may be the folder of a socket."""
    database = connection.settings_dict
    user = quote(str(database["USER"] or ""), safe="")
    password = f":{quote(str(database['PASSWORD']), safe='')}" if database["PASSWORD"] else ""
    host, port = quote(str(database["HOST"] or ""), safe=""), database["PORT"] or 5432
    return f"postgresql://{user}{password}@{host}:{port}/{quote(str(database['NAME']), safe='')}"


def _ready(process: subprocess.Popen[str], complaints: Path) -> str:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if readable else ""
    if not line.startswith("gigcx is ready at "):
        raise RuntimeError(f"it did not get ready: {complaints.read_text()[-2000:]}")
    return line.split()[4]

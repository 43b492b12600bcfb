"""From a bare Python to a whole `.venv`, with the standard library alone.

`enter` does nothing inside a virtual environment. Outside one it makes `.venv` beside `manage.py`, brings it up to
`requirements.txt` and re-executes the same command inside. What tests and checks need comes with `test`, not before:
the product answers sooner without. A stamp file says what the environment holds; it is written last, so that one that
was interrupted is never taken for whole.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

OLDEST = (3, 11)
STAMP = "gigcx-requirements"
BYTE_CODE = "byte-code"
UNFINISHED = "unfinished"
TESTS = "# --- tests"
"""The line of `requirements.txt` from which on it lists what only tests and checks need."""
ENTERED = "GIGCX_ENTERED_BY"


def enter(root: Path) -> None:
    """Continue this very command inside `root/.venv`; return only where we are in a virtual environment already."""
    if sys.prefix != sys.base_prefix:
        keep_byte_code(root)
        return
    if sys.version_info < OLDEST:
        sys.exit(
            f"gigcx needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]} ({sys.executable})."
        )
    if os.environ.get(ENTERED) == str(os.getpid()):  # exec keeps the process id: we come from ourselves
        sys.exit(f"{root / '.venv'} is no virtual environment. Delete it and run the command again.")
    try:
        python = prepare(root, with_tests=sys.argv[1:2] == ["test"])
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the next run makes the environment anew.")
    sys.stdout.flush()
    sys.stderr.flush()
    keep_byte_code(root)
    environment = os.environ | {ENTERED: str(os.getpid())}
    os.execve(python, [str(python), str(root / "manage.py"), *sys.argv[1:]], environment)  # noqa: S606 - that is the point


def keep_byte_code(root: Path) -> None:
    """Where Python is told to write no byte code, as in many containers, keep it in `.venv`: beside no source file.

    Else each process would compile all that it loads, Django and numpy too: two seconds of processor time for each of
    seven, at every start. Only where we are in our own environment or about to be, and may write to it.
    """
    environment = root / ".venv"
    ours = Path(sys.prefix) in {environment, Path(sys.base_prefix)}
    if os.environ.get("PYTHONDONTWRITEBYTECODE") and ours and os.access(environment, os.W_OK):
        del os.environ["PYTHONDONTWRITEBYTECODE"]
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(environment / BYTE_CODE)
        sys.dont_write_bytecode = False


def prepare(root: Path, *, with_tests: bool = False) -> Path:
    """Make or update `root/.venv` if it lacks what `requirements.txt` lists; return its Python. One run at a time."""
    environment = root / ".venv"
    whole = (root / "requirements.txt").read_text()
    product = whole.partition(TESTS)[0]
    # the environment's stamp names each part that it holds
    held = dict.fromkeys(hashlib.sha256(part.encode()).hexdigest() for part in ([product, whole][: 1 + with_tests]))
    python = environment / "bin" / "python"
    if held.keys() <= _stamp(environment) and python.exists():
        return python
    with _alone(root):
        found = _stamp(environment)  # another run may have finished it while we waited
        if not held.keys() <= found or not python.exists():
            if found == {UNFINISHED} or not _usable(python):
                _create(environment)
            _install(environment, python, whole if with_tests else product)
            _write_stamp(environment, " ".join(held))
    return python


def _stamp(environment: Path) -> set[str]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return set((environment / STAMP).read_text().split())
    return set()


def _write_stamp(environment: Path, text: str) -> None:
    """Replace the stamp in one step."""
    new = environment / f"{STAMP}.new"
    new.write_text(text)
    new.replace(environment / STAMP)


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the project folder's own lock: it leaves no file and ends with the process."""
    folder = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another run is preparing .venv; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _usable(python: Path) -> bool:
    """Whether there is an environment whose Python still runs and has pip (the system's Python may have gone)."""
    if not python.exists():
        return False
    return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def _create(environment: Path) -> None:
    """A new, empty environment with pip, marked unfinished from its first moment."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"This Python ({sys.executable}) cannot make virtual environments.\n"
            f"On Debian and Ubuntu: apt-get install {minor}-venv. Then run the command again."
        )
    _say("Making .venv (once; about a minute) …")
    if environment.is_symlink() or environment.is_file():
        environment.unlink()
    shutil.rmtree(environment, ignore_errors=True)
    environment.mkdir()
    _write_stamp(environment, UNFINISHED)
    _run([sys.executable, "-m", "venv", str(environment)], f"Cannot make {environment}.")


def _install(environment: Path, python: Path, requirements: str) -> None:
    """Bring the environment to `requirements.txt`. Byte code is left to the first import: it saves half the time."""
    _say("Installing what requirements.txt lists …")
    _write_stamp(environment, UNFINISHED)
    pip = [str(python), "-m", "pip", "install", "-qq", "--no-input", "--no-compile", "--disable-pip-version-check"]
    wanted = [word for line in requirements.splitlines() for word in shlex.split(line, comments=True)]
    if wanted:
        problem = "Cannot install the requirements: is the package index reachable?"
        _run([*pip, *wanted], problem, directory=environment.parent)


def _run(command: list[str], problem: str, *, directory: Path | None = None) -> None:
    """Run one step with its output on standard error; end with one sentence if it fails."""
    environment = {
        key: value for key, value in os.environ.items() if key not in {"PIP_USER", "PIP_TARGET", "PYTHONHOME"}
    }
    if subprocess.run(command, stdout=sys.stderr, env=environment, cwd=directory, check=False).returncode != 0:
        sys.exit(f"{problem} The messages above say more; the next run starts afresh.")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""From a bare Python to a whole environment, by the real steps in throw-away projects."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gigcx import bootstrap

ROOT = Path(__file__).resolve().parents[2]
BARE_PYTHON = str(Path(sys.base_prefix) / "bin" / "python3")
MANAGE = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from gigcx import bootstrap
before = os.environ.get("STARTED_AS", str(os.getpid()))
os.environ["STARTED_AS"] = before
bootstrap.enter(Path(__file__).resolve().parent)
print(sys.prefix, before == str(os.getpid()), *sys.argv[1:])
if sys.argv[1:] == ["import", "words"]:
    import subprocess
    subprocess.run([sys.executable, "-c", "import words"], check=True)
"""

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module", autouse=True)
def own_byte_code() -> Iterator[None]:
    """That of throw-away environments goes with them; where these tests run, it would stay among the product's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPYCACHEPREFIX", raising=False)
        yield


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "manage.py").write_text(MANAGE.format(root=str(ROOT)))
    return tmp_path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose environment is whole. Tests may change it as long as they leave it whole."""
    project = tmp_path_factory.mktemp("project")
    (project / "requirements.txt").write_text("# nothing\n")
    (project / "manage.py").write_text(MANAGE.format(root=str(ROOT)))
    assert manage(project).returncode == 0
    return project


def manage(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the project's manage.py with the system's Python, from a folder elsewhere."""
    command = [BARE_PYTHON, str(project / "manage.py"), *arguments]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, timeout=300)


def stamp(project: Path) -> str:
    return (project / ".venv" / bootstrap.STAMP).read_text()


def test_bootstrap_needs_the_standard_library_only() -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import gigcx.bootstrap; print(*sys.modules)"
    answer = subprocess.run([BARE_PYTHON, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    foreign = {name.partition(".")[0] for name in answer.stdout.split()} - sys.stdlib_module_names
    assert foreign == {"gigcx", "__main__"}


def test_command_continues_inside_with_its_arguments_and_process_id(prepared: Path) -> None:
    answer = manage(prepared, "load", "a file.csv")
    assert answer.stdout.split(maxsplit=2) == [str(prepared / ".venv"), "True", "load a file.csv\n"]
    assert answer.stderr == ""  # nothing was made or installed again


def test_enter_does_nothing_inside_an_environment(prepared: Path) -> None:
    inside = [str(prepared / ".venv/bin/python"), str(prepared / "manage.py")]
    (prepared / "requirements.txt").rename(prepared / "aside.txt")
    try:
        assert subprocess.run(inside, capture_output=True, check=False).returncode == 0
    finally:
        (prepared / "aside.txt").rename(prepared / "requirements.txt")


def test_changed_requirements_are_installed_into_the_same_environment(prepared: Path) -> None:
    kept = prepared / ".venv" / "kept"
    kept.touch()
    before = stamp(prepared)
    (prepared / "requirements.txt").write_text("# nothing, said differently\n")
    answer = manage(prepared)
    assert "Installing" in answer.stderr
    assert "Making" not in answer.stderr
    assert kept.exists()
    assert stamp(prepared) != before


def test_what_only_tests_need_comes_with_test_and_stays(prepared: Path) -> None:
    assert manage(prepared, "up").stderr == ""
    with (prepared / "requirements.txt").open("a") as requirements:
        requirements.write(f"{bootstrap.TESTS} and checks\n# nothing either\n")
    assert manage(prepared, "up").stderr == ""
    assert "Installing" in manage(prepared, "test").stderr
    for command in ("up", "test", "load"):
        assert manage(prepared, command).stderr == ""


def test_the_products_own_requirements_have_both_parts() -> None:
    product, heading, tests = (ROOT / "requirements.txt").read_text().partition(bootstrap.TESTS)
    assert heading
    assert "Django==" in product
    assert "pytest==" in tests
    assert "pytest" not in product


def test_requirements_that_cannot_be_installed_say_so_and_are_tried_again(prepared: Path) -> None:
    good = (prepared / "requirements.txt").read_text()
    (prepared / "requirements.txt").write_text("./no-such-folder\n")
    answer = manage(prepared)
    (prepared / "requirements.txt").write_text(good)
    assert answer.returncode == 1
    assert "Cannot install the requirements" in answer.stderr
    assert stamp(prepared) == bootstrap.UNFINISHED
    assert manage(prepared).returncode == 0
    assert stamp(prepared) != bootstrap.UNFINISHED


def test_interrupted_environment_is_made_anew(project: Path) -> None:
    os.mkfifo(project / "endless.txt")  # nobody writes to it: pip reads on until it is stopped
    (project / "requirements.txt").write_text("-r endless.txt\n")
    command = [BARE_PYTHON, str(project / "manage.py")]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while not (project / ".venv" / "pyvenv.cfg").exists():
            assert time.monotonic() < deadline
            assert first.poll() is None
        os.killpg(first.pid, signal.SIGINT)  # as a terminal does
        message = first.communicate(timeout=300)[1].decode()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(first.pid, signal.SIGKILL)
    assert first.returncode != 0
    assert "makes the environment anew" in message or "next run" in message
    assert stamp(project) == bootstrap.UNFINISHED
    (project / "requirements.txt").write_text("# nothing\n")
    answer = manage(project)
    assert "Making" in answer.stderr
    assert answer.stdout.startswith(str(project / ".venv"))


def test_two_first_runs_at_once_make_one_environment(project: Path) -> None:
    command = [BARE_PYTHON, str(project / "manage.py")]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    messages = [run.communicate(timeout=300) for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert {output for output, _ in messages} == {f"{project / '.venv'} True\n"}
    assert sum("Making" in progress for _, progress in messages) == 1


@pytest.mark.parametrize("python", [BARE_PYTHON, ".venv/bin/python"])
def test_byte_code_that_must_not_lie_beside_the_sources_is_kept_in_the_environment(prepared: Path, python: str) -> None:
    (prepared / "words.py").write_text("")
    shutil.rmtree(prepared / ".venv" / bootstrap.BYTE_CODE, ignore_errors=True)
    told = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [prepared / python, prepared / "manage.py", "import", "words"]
    subprocess.run(command, cwd=prepared, env=told, check=True, timeout=300)
    assert [file.name.split(".")[0] for file in prepared.rglob("words.*.pyc")] == ["words"]
    assert not (prepared / "__pycache__").exists()


def test_python_without_venv_names_the_package_to_install(project: Path) -> None:
    program = f"""
import importlib.util, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "ensurepip" else found(name, *rest)
from gigcx import bootstrap
bootstrap.enter(Path({str(project)!r}))
"""
    answer = subprocess.run([BARE_PYTHON, "-c", program], capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "apt-get install python3.11-venv" in answer.stderr.replace(
        f"python3.{sys.version_info.minor}-venv", "python3.11-venv"
    )
    assert not (project / ".venv").exists()

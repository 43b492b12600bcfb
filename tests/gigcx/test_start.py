"""What every process loads as it starts: there are seven, and each new web process keeps people waiting."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, warnings
warnings.simplefilter("ignore")  # of static files that nobody has collected
import gigcx.asgi, gigcx.celery
from django.urls import get_resolver
get_resolver().url_patterns
gigcx.celery.app.loader.import_default_modules()
print(*sys.modules)
"""
SLOW = {"ortools", "scipy.linalg", "scipy.optimize", "scipy.sparse", "scipy.special"}
"""Half a second of processor time, which those pay who first need a solver or a distribution."""


WITHOUT_PAGES = """
import sys
import gigcx.celery
gigcx.celery.app.loader.import_default_modules()
from django.core.management import load_command_class
load_command_class("gigcx.ledger", "relay").requires_system_checks and sys.exit("it checks")
print(*sys.modules)
"""


def loaded_by(program: str) -> set[str]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "gigcx.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(answer.stdout.split())


def test_start_loads_every_page_and_task_but_no_solver() -> None:
    loaded = loaded_by(PROGRAM)
    assert {"marketplace.views", "marketplace.tasks", "marketplace.matching.solve", "scipy"} <= loaded
    assert loaded & SLOW == set()


def test_worker_and_relay_start_without_the_pages() -> None:
    loaded = loaded_by(WITHOUT_PAGES)
    assert {"marketplace.tasks", "marketplace.matching.solve"} <= loaded
    assert (
        loaded & (SLOW | {"gigcx.urls", "marketplace.views", "marketplace.api", "marketplace.admin", "holidays"})
        == set()
    )


def test_numpy_has_no_threads_of_its_own() -> None:
    program = """
import os
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.pop(name, None)
import django
django.setup()
import numpy, scipy.linalg
scipy.linalg.inv(numpy.eye(500) + numpy.ones((500, 500)))
print(*(f"thread-{number}" for number in os.listdir("/proc/self/task")))
"""
    assert len(loaded_by(program)) == 1


def test_clock_starts_without_models_and_sends_only_tasks_that_there_are() -> None:
    loaded = loaded_by("import sys, gigcx.clock; gigcx.clock.app.loader.init_worker(); print(*sys.modules)")
    assert "celery.schedules" in loaded
    assert {name for name in loaded if name.startswith(("django.db.models", "marketplace", "numpy"))} == set()
    sent = "import gigcx.clock; print(*(entry['task'] for entry in gigcx.clock.app.conf.beat_schedule.values()))"
    known = "import gigcx.celery as c; c.app.loader.import_default_modules(); print(*c.app.tasks)"
    assert "marketplace.tick" in loaded_by(sent)
    assert loaded_by(sent) <= loaded_by(known)

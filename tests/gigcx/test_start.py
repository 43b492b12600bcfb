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


def test_start_loads_every_page_and_task_but_no_solver() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "gigcx.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    loaded = set(answer.stdout.split())
    assert {"marketplace.views", "marketplace.tasks", "marketplace.matching.solve", "scipy"} <= loaded
    assert loaded & SLOW == set()

"""What tests of actions share."""

from pathlib import Path

import pytest

from tests.marketplace.actions.load import Load


@pytest.fixture
def load(tmp_path: Path, db: None) -> Load:
    """`manage.py load` on files in a folder of the test's own."""
    return Load(tmp_path)

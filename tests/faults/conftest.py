"""One floor for all faults: what one of them breaks, the next one meets."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.floor import Floor


@pytest.fixture(scope="package")
def floor() -> Iterator[Floor]:
    """A whole gigcx with people on duty. Its clock ticks each second."""
    data = Path(tempfile.mkdtemp(prefix="gigcx-test-"))
    data.chmod(0o711)
    running = Floor.start(data, GIGCX_TICK_SECONDS="1")
    try:
        running.open()
        running.moves_people()
        yield running
    finally:
        code = running.stop()
        shutil.rmtree(data, ignore_errors=True)
    assert code == 0

"""A folder of one test's own that PostgreSQL, which may run as another user, can enter."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import scratch_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    place = scratch_folder()
    place.chmod(0o711)
    yield place
    shutil.rmtree(place, ignore_errors=True)

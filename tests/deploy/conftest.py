"""A folder of one test's own that PostgreSQL, which may run as another user, can enter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import scratch_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch_folder() as place:
        yield place

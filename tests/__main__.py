"""``./dev test``: pytest, and an end that nothing in a native library can turn red or green."""

from __future__ import annotations

import os
import sys

import pytest

if __name__ == "__main__":
    code = pytest.main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's library now and then aborts CPython 3.11 while the interpreter is torn down.
    os._exit(code)

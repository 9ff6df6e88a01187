"""`./dev` needs nothing but Python, and does not work twice for the same environment."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from tests.checks.locks import faults

ROOT = Path(__file__).parents[2]


@pytest.fixture
def dev(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, with a checkout of the test's own."""
    loader = SourceFileLoader("dev", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    for name in ("RUN_LOCK", "DEV_LOCK"):
        (folder / name).write_text(name)
        monkeypatch.setattr(module, name, folder / name)
    monkeypatch.setattr(module, "STAMP", folder / "synced.json")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    return module


def test_only_the_standard_library() -> None:
    tree = ast.parse((ROOT / "dev").read_text())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    assert names <= sys.stdlib_module_names


def test_unknown_command_is_a_sentence() -> None:
    done = subprocess.run([ROOT / "dev", "dmeo"], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "There is no './dev dmeo'" in done.stderr
    assert (
        subprocess.run([ROOT / "dev", "--help"], check=False, capture_output=True).returncode == 0
    )


def test_developers_environment_serves_the_demo_too_and_not_the_reverse(dev: ModuleType) -> None:
    def stamp(wanted: Path) -> None:
        dev.STAMP.write_text(
            json.dumps({"locks": dev.locks_within(wanted), "place": str(dev.ROOT)})
        )

    assert not dev.is_synced(dev.RUN_LOCK)
    stamp(dev.RUN_LOCK)
    assert dev.is_synced(dev.RUN_LOCK)
    assert not dev.is_synced(dev.DEV_LOCK)
    stamp(dev.DEV_LOCK)
    assert dev.is_synced(dev.RUN_LOCK)
    assert dev.is_synced(dev.DEV_LOCK)


def test_changed_lock_or_moved_checkout_is_synced_anew(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.STAMP.write_text(
        json.dumps({"locks": dev.locks_within(dev.DEV_LOCK), "place": str(dev.ROOT)})
    )
    assert dev.is_synced(dev.DEV_LOCK)
    monkeypatch.setattr(dev, "ROOT", Path("/elsewhere"))
    assert not dev.is_synced(dev.DEV_LOCK)
    monkeypatch.undo()


def test_lock_that_does_not_fit_is_found(folder: Path) -> None:
    lock = folder / "x.lock"
    lock.write_text("Some_Thing==1.2 \\\n    --hash=sha256:00\n")
    assert faults(["some-thing>=1"], lock) == []
    assert faults(["some-thing>=2"], lock) == ["x.lock has some-thing 1.2, asked: some-thing>=2"]
    assert faults(["another"], lock) == ["x.lock lacks another"]

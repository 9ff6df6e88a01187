"""A process can be told to die in a test installation, once, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.faults import COMMAND, FAULT, MARKER, Fault, fault_of_environment


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    signals: list[int] = []
    monkeypatch.setattr("activities.faults.os.kill", lambda pid, signal: signals.append(signal))
    return signals


def test_it_strikes_once_at_its_moment_and_command(tmp_path: Path, killed: list[int]) -> None:
    fault = Fault("after_commit", tmp_path / "struck", "AddNote")
    fault.at("before_append", "AddNote")
    fault.at("after_commit", "OpenLoan")
    assert killed == []
    fault.at("after_commit", "AddNote")
    fault.at("after_commit", "AddNote")
    Fault("after_commit", tmp_path / "struck").at("after_commit", "AddNote")
    assert len(killed) == 1


@pytest.mark.parametrize("installation", ["production", "demo"])
def test_only_a_test_installation_dies(
    installation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FAULT, "after_commit")
    monkeypatch.setenv(MARKER, str(tmp_path / "struck"))
    monkeypatch.setenv(COMMAND, "")
    assert fault_of_environment(installation) is None
    fault = fault_of_environment("test")
    assert fault is not None
    assert fault.meant("after_commit", "AnyCommand")


def test_an_unknown_moment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before_append"):
        Fault("sometime", tmp_path / "struck")

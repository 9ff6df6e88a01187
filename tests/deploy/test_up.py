"""`traject up --demo` as a newcomer meets it: it serves, it ends, it says why it cannot start."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.supervisor import LOOPBACK, free_port

ROOT = Path(__file__).parents[2]
FILLED_SECONDS = 60
TRAJECTORIES = 24
"""Three that are played by everybody, and those of the rest of the example board."""
STOP_SECONDS = 5.0
pytestmark = pytest.mark.crash


class Demo:
    """One run of the command over a data folder."""

    def __init__(self, folder: Path, port: int, **environment: str) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("TRAJECT_")}
        self.folder = folder
        self.port = port
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "up", "--demo", "--port", str(port)],
            env={**own, "TRAJECT_DATA_FOLDER": str(folder), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def until_running(self) -> None:
        """Reads what it says until it says how to stop it."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ctrl-C"):
                return
        pytest.fail(f"it ended: {self.said}")

    def to_the_end(self) -> int:
        """Its exit code; `said` has all its words."""
        assert self.process.stdout is not None
        self.said += self.process.stdout.read()
        return self.process.wait()

    def get(self, path: str, person: str = "saskia") -> Any:
        token = (self.folder / "demo" / "tokens" / person).read_text()
        request = urllib.request.Request(
            f"http://{LOOPBACK}:{self.port}{path}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def until_filled(self) -> Any:
        """The trajectories, once those that are filled in beside the running product are there."""
        limit = time.monotonic() + FILLED_SECONDS
        while True:
            cases = self.get("/api/v1/supervision")
            if len(cases["items"]) == TRAJECTORIES:
                return cases
            assert time.monotonic() < limit, f"only {len(cases['items'])} of {TRAJECTORIES}"
            time.sleep(0.1)

    def part(self, name: str) -> int:
        """The process of the worker or the web part."""
        end = f"cli.py\0{name}\0".encode()
        return next(
            pid for pid in self.family() if Path(f"/proc/{pid}/cmdline").read_bytes().endswith(end)
        )

    def family(self) -> set[int]:
        """The processes that it started, and theirs."""
        found = {self.process.pid}
        while True:
            more = {pid for pid, parent in parents().items() if parent in found} - found
            if not more:
                return found
            found |= more


def parents() -> dict[int, int]:
    """Every process of the machine and who started it."""
    found: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if words[0] != "Z":
            found[int(entry.parent.name)] = int(words[1])
    return found


def all_gone(family: set[int], seconds: float) -> bool:
    limit = time.monotonic() + seconds
    while family & set(parents()):
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def demo(folder: Path, port: int | None = None, **environment: str) -> Iterator[Demo]:
    running = Demo(folder, port or free_port(), **environment)
    with running.process:
        try:
            yield running
        finally:
            family = running.family()
            running.process.kill()
    assert all_gone(family, 20)


def states(cases: Any) -> list[str]:
    return sorted(case["state"] for case in cases["items"])


def test_serves_stops_and_goes_on(folder: Path) -> None:
    with demo(folder) as first:
        first.until_running()
        assert re.search(r"Temporal's own UI: +http://127", first.said)
        assert "Ellen van Duinen" in first.said
        cases = first.until_filled()
        assert {"guidance", "reported", "requested"} < set(states(cases))
        family = first.family()
        assert len(family) > 5
        asked = time.monotonic()
        first.process.send_signal(signal.SIGINT)
        assert first.to_the_end() == 0
        assert time.monotonic() - asked < STOP_SECONDS
        assert all_gone(family, 0.5)
        assert "Traceback" not in first.said
    with demo(folder, first.port) as second:
        second.until_running()
        assert "Example" not in second.said
        assert second.get("/api/v1/supervision") == cases
        family = second.family()
        for pid in family - {second.process.pid}:
            os.kill(pid, signal.SIGSTOP)
        asked = time.monotonic()
        second.process.send_signal(signal.SIGTERM)
        assert second.to_the_end() == 0
        assert time.monotonic() - asked < STOP_SECONDS
        assert all_gone(family, 0.5)
    with demo(folder, first.port) as third:
        third.until_running()
        family = third.family()
        os.kill(third.part("worker"), signal.SIGKILL)
        assert third.process.stdout is not None
        assert "starting it again" in third.process.stdout.readline()
        third.process.kill()
        assert all_gone(third.family() | family, 10)
    with demo(folder, first.port) as fourth:
        fourth.until_running()
        assert fourth.get("/api/v1/supervision") == cases


def test_taken_port_is_said_before_anything_starts(folder: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with demo(folder, port) as refused:
            assert refused.to_the_end() == 1
    assert f"Port {port} is taken" in refused.said
    assert "--port" in refused.said
    assert not (folder / "demo").exists()


def test_servers_that_are_named_and_not_there_are_said(folder: Path) -> None:
    nowhere = f"{LOOPBACK}:{free_port()}"
    with demo(folder, TRAJECT_TEMPORAL_ADDRESS=nowhere) as refused:
        assert refused.to_the_end() == 1
    assert f"Temporal cannot be reached at {nowhere}" in refused.said
    with demo(
        folder,
        TRAJECT_TEMPORAL_ADDRESS=nowhere,
        TRAJECT_POSTGRES_DSN=f"postgresql://a:geheim@{nowhere}/x",
    ) as refused:
        assert refused.to_the_end() == 1
    assert "cannot be reached" in refused.said
    assert "geheim" not in refused.said
    assert "Traceback" not in refused.said

"""What every server's start has in common: room, ports, and an end that is certain."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

import pytest

from deploy.embedded.supervisor import (
    LOOPBACK,
    Child,
    StartFailed,
    choose_port,
    make_folder,
    port_is_free,
)

DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print('ready', flush=True); time.sleep(600)"
)


def test_too_little_room_is_said(folder: Path) -> None:
    with pytest.raises(StartFailed, match="too little room"):
        make_folder(folder / "data", needs_megabytes=10**9)
    make_folder(folder / "data", needs_megabytes=1)


def test_kept_port_is_used_again_only_while_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        assert choose_port(None, port, "it") != port
        with pytest.raises(StartFailed, match="taken"):
            choose_port(port, None, "it")
    assert choose_port(None, port, "it") == port
    assert choose_port(port, None, "it") == port


async def test_asking_is_enough_for_one_that_listens(folder: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    child = Child.start(command, log=folder / "log", death=signal.SIGKILL)
    assert await child.stop(signal.SIGTERM, grace=10)


async def test_one_that_does_not_listen_is_killed(folder: Path) -> None:
    command = [sys.executable, "-c", DEAF]
    child = Child.start(command, log=folder / "log", death=signal.SIGKILL)
    while "ready" not in child.said():
        assert not await child.ended(0.02)
    assert not await child.stop(signal.SIGTERM, grace=0.2)
    assert child.exit_code == -signal.SIGKILL


async def test_missing_program_ends_the_child(folder: Path) -> None:
    child = Child.start([str(folder / "nowhere")], log=folder / "log", death=signal.SIGKILL)
    assert await child.ended(20)
    assert child.exit_code != 0

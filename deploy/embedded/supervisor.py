"""Starts, watches and stops a server that is our child, and says plainly what went wrong."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.embedded import child

LOOPBACK = "127.0.0.1"
MEGABYTE = 1 << 20
POLL = 0.01


class StartFailed(Exception):
    """A server could not start: what is the matter, and what the reader can do about it."""

    def __init__(self, problem: str, way_out: str) -> None:
        super().__init__(f"{problem} {way_out}")
        self.problem = problem
        self.way_out = way_out


class PortLost(StartFailed):
    """Between the choice of a free port and its use another program took it."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the machine under which a server runs."""

    name: str
    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may pass through the folder and all folders above it."""
        return self.closed_folder(folder) is None

    def closed_folder(self, folder: Path) -> Path | None:
        """The outermost folder on the way that this user may not pass through, if any."""
        way = [folder, *folder.parents]
        for step in reversed(way):
            if step.exists() and not self._may_pass(step.stat()):
                return step
        return None

    def _may_pass(self, of: os.stat_result) -> bool:
        if of.st_uid == self.uid:
            return bool(of.st_mode & stat.S_IXUSR)
        if of.st_gid == self.gid:
            return bool(of.st_mode & stat.S_IXGRP)
        return bool(of.st_mode & stat.S_IXOTH)


def unprivileged() -> Account | None:
    """The user for servers that refuse to run as root; None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


class Child:
    """One running server. Start it from the main thread: Linux ends it when that thread ends."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, log_start: int) -> None:
        self._process = process
        self._log = log
        self._log_start = log_start

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        log: Path,
        death: signal.Signals,
        account: Account | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Child:
        """Start ``command`` (an absolute path first); its output is appended to ``log``."""
        launcher = [sys.executable, "-I", "-S", child.__file__, str(os.getpid()), str(int(death))]
        who = [str(account.uid), str(account.gid)] if account else ["-1", "-1"]
        with log.open("ab") as out:
            start = out.tell()
            process = subprocess.Popen(
                [*launcher, *who, *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=dict(env) if env is not None else None,
            )
        return cls(process, log, start)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    async def ended(self, timeout: float) -> bool:
        """Wait until it has ended, at most ``timeout`` seconds; whether it has."""
        limit = time.monotonic() + timeout
        while self._process.poll() is None:
            if time.monotonic() > limit:
                return False
            await asyncio.sleep(POLL)
        return True

    async def stop(self, ask: signal.Signals, grace: float) -> bool:
        """Ask it to end and, after ``grace`` seconds, kill it; whether asking was enough."""
        if self._process.poll() is None:
            self._process.send_signal(ask)
        if await self.ended(grace):
            return True
        self.kill()
        await self.ended(grace)
        return False

    def kill(self) -> None:
        """End it and its own children at once, as a power cut would."""
        offspring = _children(self.pid)
        self._process.kill()
        for pid in offspring:
            send(pid, signal.SIGKILL)
        self._process.wait()

    def said(self) -> str:
        """What it wrote since it was started, at most the last 20 kB."""
        with self._log.open("rb") as lines:
            size = lines.seek(0, os.SEEK_END)
            lines.seek(max(self._log_start, size - 20_000))
            return lines.read().decode("utf-8", "replace")


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def send(pid: int, what: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        return


class FolderLock:
    """Keeps a data folder for one owner; the kernel lets go when the owner ends, however."""

    def __init__(self, folder: Path, name: str = "lock") -> None:
        self._path = folder / name
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Raises StartFailed when another process holds the folder."""
        if self._file is not None:
            return
        lock = self._path.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise StartFailed(
                f"The data folder {self._path.parent} is in use by process {owner}.",
                "Stop that one first (Ctrl-C where it runs), or choose another folder"
                " with TRAJECT_DATA_FOLDER.",
            ) from None
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        self._file = lock

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def make_folder(folder: Path, *, needs_megabytes: int, mode: int = 0o700) -> None:
    """Make the folder with room in it; raises StartFailed where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        probe = folder / ".probe"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
        free = shutil.disk_usage(folder).free // MEGABYTE
    except OSError as problem:
        raise StartFailed(
            f"The data folder {folder} cannot be written: {problem.strerror}.",
            "Make room or mend its owner and rights, or choose another folder"
            " with TRAJECT_DATA_FOLDER.",
        ) from problem
    if free < needs_megabytes:
        raise StartFailed(
            f"There is too little room for the data folder {folder}:"
            f" {free} MB free, {needs_megabytes} MB needed.",
            "Make room, or choose a folder on another disk with TRAJECT_DATA_FOLDER.",
        )


def port_is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether nothing listens on the port (0 is always free)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def choose_port(asked: int | None, kept: int | None, what: str) -> int:
    """The asked port or StartFailed; else the one used last time if it is free, else a new one."""
    if asked:
        if not port_is_free(asked):
            raise StartFailed(
                f"Port {asked}, meant for {what}, is taken by another program.",
                "Stop that program, or choose another port.",
            )
        return asked
    if kept and port_is_free(kept):
        return kept
    return free_port()

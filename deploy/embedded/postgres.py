"""One PostgreSQL of our own, on loopback, whose data outlives it and which never outlives us."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from deploy.embedded.postgres_binaries import major_version, postgres_binaries
from deploy.embedded.supervisor import (
    LOOPBACK,
    POLL,
    Account,
    Child,
    FolderLock,
    PortLost,
    StartFailed,
    choose_port,
    make_folder,
    send,
    unprivileged,
)

SUPERUSER = "postgres"
START_SECONDS = 90
INITDB_SECONDS = 120
STOP_SECONDS = 10
LOG_LIMIT = 20_000_000
ATTEMPTS = 3

CONFIGURATION = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Kept in the data folder: containers have little /dev/shm, and a kill would leave some there.
    "dynamic_shared_memory_type": "mmap",
    "log_line_prefix": "%m [%p] ",
    # Statements and details of errors quote what people wrote; a log is no place for that.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}
WITHOUT_FSYNC = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

_PORT_TAKEN = re.compile(r"Address already in use|could not create any TCP/IP sockets")
_EXPLAINED = (
    (
        re.compile(r"No space left on device"),
        "The disk is full.",
        "Make room, or choose a folder on another disk with TRAJECT_DATA_FOLDER.",
    ),
    (
        re.compile(r"database files are incompatible with server"),
        "The data belongs to another version of PostgreSQL.",
        "Start with that version (POSTGRES_BIN), or set the folder aside.",
    ),
    (
        re.compile(r"could not (?:map|resize|create) .*shared memory|Cannot allocate memory"),
        "The machine gives it too little (shared) memory.",
        "Stop other programs, or give the container more shared memory (--shm-size).",
    ),
    (
        re.compile(r"invalid (?:primary )?checkpoint record|could not locate a valid checkpoint"),
        "The data folder is damaged.",
        "Restore it from a backup, or set the folder aside to begin anew.",
    ),
    (
        re.compile(r"[Pp]ermission denied"),
        "It may not read its own folder.",
        "Mend the owner of the folder, or set it aside to begin anew.",
    ),
)


class EmbeddedPostgres:
    """A server over one data folder. Start, stop and kill it as often as needed.

    The folder holds the cluster, the superuser's password (readable by its owner only), the port
    used last, a lock and the server's log.
    """

    def __init__(self, folder: Path, *, port: int | None = None, fsync: bool = True) -> None:
        self.folder = folder.absolute()
        self._asked_port = port
        self._fsync = fsync
        self._lock = FolderLock(self.folder)
        self._account: Account | None = None
        self._child: Child | None = None
        self._password = ""
        self.port = 0

    @property
    def dsn(self) -> str:
        """The superuser's way into the database ``postgres``."""
        return self.dsn_for("postgres")

    def dsn_for(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """The way into a database, as the superuser unless another user is named."""
        secret = self._password if password is None else password
        return f"postgresql://{user}:{quote(secret, safe='')}@{LOOPBACK}:{self.port}/{database}"

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.exit_code is None

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return self._child.pid if self._child and self.running else None

    async def start(self) -> None:
        """Make the cluster if there is none, start the server, wait until it answers.

        Raises StartFailed with a way out.
        """
        if self.running:
            return
        self._account = unprivileged()
        programs = postgres_binaries(self._account)
        make_folder(self.folder, needs_megabytes=150, mode=0o711)
        self._check_way()
        self._lock.take()
        try:
            self._read_password()
            await self._make_cluster(programs)
            self._check_version(programs)
            await self._end_orphan()
            for attempt in range(ATTEMPTS):
                try:
                    await self._launch(programs)
                    break
                except PortLost:
                    if attempt + 1 == ATTEMPTS:
                        raise
        except BaseException:
            self._lock.release()
            raise

    async def stop(self, grace: float = STOP_SECONDS) -> None:
        """End all sessions, flush and stop; after ``grace`` seconds as by `kill`."""
        if self._child:
            await self._child.stop(signal.SIGINT, grace)
            self._child = None
        self._lock.release()

    async def kill(self) -> None:
        """End it without a chance to tidy up, as a power cut would. `start` goes on from there."""
        if self._child:
            self._child.kill()
            self._child = None

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def _log(self) -> Path:
        return self.folder / "postgres.log"

    def _check_way(self) -> None:
        closed = self._account.closed_folder(self.folder) if self._account else None
        if self._account and closed:
            raise StartFailed(
                f"PostgreSQL does not run as root, and the user {self._account.name}"
                f" may not enter {closed}.",
                "Choose a data folder elsewhere with TRAJECT_DATA_FOLDER"
                " (such as /var/lib/traject), or do not start it as root.",
            )

    def _read_password(self) -> None:
        kept = self.folder / "password"
        if kept.exists() and kept.stat().st_size:
            self._password = kept.read_text().strip()
            return
        if self._cluster.exists():
            raise StartFailed(
                f"The password of the data in {self._cluster} is gone ({kept}).",
                "Put that file back from a backup, or set the whole folder aside to begin anew.",
            )
        self._password = secrets.token_urlsafe(24)
        _write_private(kept, self._password)

    async def _make_cluster(self, programs: Path) -> None:
        """Made beside its place and renamed: a half-made cluster is never taken for a whole one."""
        if (self._cluster / "PG_VERSION").exists():
            return
        if self._cluster.exists():
            raise StartFailed(
                f"{self._cluster} exists but holds no PostgreSQL data.",
                "Set that folder aside, or choose another one with TRAJECT_DATA_FOLDER.",
            )
        half = self.folder / "cluster.new"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        secret = self.folder / "initial-password"
        _write_private(secret, self._password)
        if self._account:
            os.chown(half, self._account.uid, self._account.gid)
            os.chown(secret, self._account.uid, self._account.gid)
        command = [
            *(str(programs / "initdb"), "-D", str(half), "-U", SUPERUSER, "-E", "UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("-A", "scram-sha-256", f"--pwfile={secret}", "--no-instructions"),
        ]
        if not self._fsync:
            command.append("--no-sync")
        maker = Child.start(
            command,
            log=self._log,
            death=signal.SIGKILL,
            account=self._account,
            env=_environment(),
        )
        try:
            if not await maker.ended(INITDB_SECONDS) or maker.exit_code:
                raise self._explained("PostgreSQL's data folder could not be made.", maker)
        finally:
            maker.kill()
            secret.unlink(missing_ok=True)
        half.rename(self._cluster)

    def _check_version(self, programs: Path) -> None:
        made_by = int((self._cluster / "PG_VERSION").read_text())
        if made_by != major_version(programs):
            raise StartFailed(
                f"The data in {self._cluster} was made by PostgreSQL {made_by};"
                f" {programs} is version {major_version(programs)}.",
                f"Name the programs of version {made_by} in POSTGRES_BIN, or set the folder"
                " aside to begin anew.",
            )

    async def _end_orphan(self) -> None:
        """A server left by an owner that was killed: end it; a file it left: remove it."""
        pid_file = self._cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            pid_file.unlink(missing_ok=True)
            return
        limit = time.monotonic() + STOP_SECONDS
        asked = False
        while self._serves(pid):
            if not asked:
                send(pid, signal.SIGINT)
                asked = True
            elif time.monotonic() > limit:
                send(pid, signal.SIGKILL)
                limit += STOP_SECONDS
            await asyncio.sleep(POLL)
        # The number may by now belong to another program, which PostgreSQL would take for itself.
        pid_file.unlink(missing_ok=True)
        while self._backends():
            if time.monotonic() > limit:
                for backend in self._backends():
                    send(backend, signal.SIGKILL)
                limit += STOP_SECONDS
            await asyncio.sleep(POLL)

    def _serves(self, pid: int) -> bool:
        try:
            where = Path(f"/proc/{pid}/cwd").readlink()
        except OSError:
            return False
        return where == self._cluster

    def _backends(self) -> list[int]:
        """Processes of a killed server that still hold its shared memory."""
        numbers = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
        return [pid for pid in numbers if self._serves(pid)]

    async def _launch(self, programs: Path) -> None:
        kept = self.folder / "port"
        last = int(kept.read_text()) if kept.exists() and kept.read_text().isdigit() else None
        self.port = choose_port(self._asked_port, self.port or last, "PostgreSQL")
        kept.write_text(str(self.port))
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        settings = CONFIGURATION | {"port": str(self.port)}
        if not self._fsync:
            settings |= WITHOUT_FSYNC
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        child = Child.start(
            [str(programs / "postgres"), "-D", str(self._cluster), *options],
            log=self._log,
            death=signal.SIGINT,
            account=self._account,
            env=_environment(),
        )
        try:
            await self._answers(child)
        except BaseException:
            child.kill()
            raise
        self._child = child

    async def _answers(self, child: Child) -> None:
        import asyncpg

        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            if child.exit_code is not None:
                raise self._explained("PostgreSQL did not start.", child)
            try:
                connection = await asyncpg.connect(self.dsn, timeout=5)
            except asyncpg.InvalidPasswordError:
                raise StartFailed(
                    f"The password in {self.folder / 'password'} does not fit the data.",
                    "Put the right one back, or set the whole folder aside to begin anew.",
                ) from None
            except (OSError, asyncpg.PostgresError, TimeoutError):
                await asyncio.sleep(POLL)
            else:
                await connection.close()
                return
        raise self._explained(f"PostgreSQL gave no answer within {START_SECONDS} s.", child)

    def _explained(self, problem: str, child: Child) -> StartFailed:
        said = child.said()
        if _PORT_TAKEN.search(said):
            return PortLost(f"{problem} Its port was taken by another program.", "Start again.")
        for pattern, reason, way_out in _EXPLAINED:
            if pattern.search(said):
                return StartFailed(f"{problem} {reason}", way_out)
        last = said.strip().splitlines()[-1:] or ["it wrote nothing"]
        return StartFailed(f"{problem} Its last words: {last[0]}", f"See {self._log}.")


def _environment() -> dict[str, str]:
    """Ours without what would steer PostgreSQL, and with messages we can recognise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _write_private(file: Path, text: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


@asynccontextmanager
async def embedded_postgres(
    folder: Path, *, port: int | None = None, fsync: bool = True
) -> AsyncIterator[EmbeddedPostgres]:
    """A running server over the folder (kept afterwards), stopped at the end."""
    server = EmbeddedPostgres(folder, port=port, fsync=fsync)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()

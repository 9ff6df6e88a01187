"""The embedded PostgreSQL keeps its data through every end, and says what is wrong."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded import postgres_binaries as binaries
from deploy.embedded.postgres import EmbeddedPostgres, embedded_postgres
from deploy.embedded.supervisor import LOOPBACK, StartFailed, unprivileged

ROOT = Path(__file__).parents[2]
AS_ROOT = os.geteuid() == 0
OWNER = """
import asyncio, sys
from pathlib import Path
from deploy.embedded.postgres import EmbeddedPostgres
async def main():
    server = EmbeddedPostgres(Path(sys.argv[1]), fsync=False)
    await server.start()
    print(server.pid, server.port, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def pythons() -> list[Path]:
    """This Python, and the machine's own where it is the same version."""
    found = [Path(sys.executable).resolve()]
    own = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin")
    return [*found, Path(own)] if own else found


async def execute(server: EmbeddedPostgres, statement: str) -> object:
    connection = await asyncpg.connect(server.dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def gone(pid: int) -> None:
    """Returns once no such process is left; the test's own timeout is the limit."""
    limit = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < limit, f"process {pid} outlived its owner"
        await asyncio.sleep(0.02)


async def test_data_and_port_outlive_stop_and_kill(folder: Path) -> None:
    async with embedded_postgres(folder / "pg") as server:
        port = server.port
        await execute(server, "create table kept (word text)")
        await execute(server, "insert into kept values ('here')")
        await server.kill()
        assert not server.running
        await server.start()
        assert await execute(server, "select word from kept") == "here"
        assert server.port == port
    async with embedded_postgres(folder / "pg") as server:
        assert await execute(server, "select word from kept") == "here"
        assert server.port == port


async def test_only_loopback_and_only_with_the_password(folder: Path) -> None:
    async with embedded_postgres(folder / "pg", fsync=False) as server:
        assert await execute(server, "show listen_addresses") == LOOPBACK
        assert await execute(server, "show unix_socket_directories") == ""
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.dsn_for("postgres", password="guessed"))
    assert (folder / "pg" / "password").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not AS_ROOT, reason="only root starts it as another user")
async def test_root_starts_it_as_nobody_and_gives_away_nothing_else(folder: Path) -> None:
    async with embedded_postgres(folder / "pg", fsync=False) as server:
        nobody = pwd.getpwnam("nobody").pw_uid
        assert Path(f"/proc/{server.pid}").stat().st_uid == nobody
        owners = {entry.name: entry.stat().st_uid for entry in (folder / "pg").iterdir()}
    assert owners.pop("cluster") == nobody
    assert set(owners.values()) == {0}


@pytest.mark.skipif(not AS_ROOT, reason="already is an ordinary user")
async def test_ordinary_user_starts_it_too(folder: Path) -> None:
    account = unprivileged()
    assert account is not None
    python = next((it for it in pythons() if account.can_enter(it)), None)
    if python is None or not account.can_enter(ROOT):
        pytest.skip("this Python or the checkout is closed to ordinary users")
    os.chown(folder, account.uid, account.gid)
    owner = subprocess.Popen(
        [str(python), "-B", "-c", OWNER, str(folder / "pg")],
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        pid, _ = (await asyncio.to_thread(owner.stdout.readline)).split()
        assert Path(f"/proc/{pid}").stat().st_uid == account.uid
        owner.kill()
    await gone(int(pid))


async def test_owner_killed_leaves_no_server_and_the_next_start_goes_on(folder: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder / "pg")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        pid, port = (int(word) for word in owner.stdout.readline().split())
        owner.send_signal(signal.SIGKILL)
    async with embedded_postgres(folder / "pg", fsync=False) as server:
        assert server.port == port
        assert server.pid != pid
    await gone(pid)


async def test_half_made_data_folder_is_made_again(folder: Path) -> None:
    first = EmbeddedPostgres(folder / "pg", fsync=False)
    starting = asyncio.create_task(first.start())
    while not list((folder / "pg").glob("cluster.new/base")):
        assert not starting.done()
        await asyncio.sleep(0.005)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not (folder / "pg" / "cluster").exists()
    async with embedded_postgres(folder / "pg", fsync=False) as server:
        assert await execute(server, "select 1") == 1


async def test_number_of_another_process_in_the_pid_file_does_not_matter(folder: Path) -> None:
    async with embedded_postgres(folder / "pg", fsync=False) as server:
        await server.kill()
        stale = folder / "pg" / "cluster" / "postmaster.pid"
        lines = stale.read_text().splitlines()
        stale.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        await server.start()
        assert await execute(server, "select 1") == 1


async def test_two_starts_do_not_fight(folder: Path) -> None:
    async with embedded_postgres(folder / "pg", fsync=False) as server:
        with pytest.raises(StartFailed, match=f"in use by process {os.getpid()}"):
            await EmbeddedPostgres(folder / "pg").start()
        assert await execute(server, "select 1") == 1


async def test_taken_port_is_refused_when_asked_for_and_replaced_when_only_kept(
    folder: Path,
) -> None:
    async with embedded_postgres(folder / "pg", fsync=False) as server:
        kept = server.port
    with socket.create_server((LOOPBACK, kept)):
        with pytest.raises(StartFailed, match=f"Port {kept}"):
            await EmbeddedPostgres(folder / "pg", port=kept).start()
        async with embedded_postgres(folder / "pg", fsync=False) as server:
            assert server.port != kept


async def test_folders_that_cannot_be_used_are_named(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(StartFailed, match="cannot be written"):
        await EmbeddedPostgres(folder / "file").start()
    (folder / "other" / "cluster").mkdir(parents=True)
    (folder / "other" / "password").write_text("x")
    with pytest.raises(StartFailed, match="holds no PostgreSQL data"):
        await EmbeddedPostgres(folder / "other").start()
    (folder / "lost" / "cluster").mkdir(parents=True)
    with pytest.raises(StartFailed, match="password of the data"):
        await EmbeddedPostgres(folder / "lost").start()


@pytest.mark.skipif(not AS_ROOT, reason="only root starts it as another user")
async def test_folder_that_nobody_may_enter_is_named(folder: Path) -> None:
    (folder / "closed").mkdir(mode=0o700)
    with pytest.raises(StartFailed, match=str(folder / "closed")):
        await EmbeddedPostgres(folder / "closed" / "pg").start()


async def test_other_password_and_other_version_are_named(folder: Path) -> None:
    async with embedded_postgres(folder / "pg", fsync=False):
        pass
    (folder / "pg" / "password").write_text("another")
    with pytest.raises(StartFailed, match="does not fit the data"):
        await EmbeddedPostgres(folder / "pg").start()
    (folder / "pg" / "cluster" / "PG_VERSION").write_text("12\n")
    with pytest.raises(StartFailed, match="was made by PostgreSQL 12"):
        await EmbeddedPostgres(folder / "pg").start()


async def test_damaged_data_is_said_with_a_way_out(folder: Path) -> None:
    async with embedded_postgres(folder / "pg", fsync=False):
        pass
    (folder / "pg" / "cluster" / "global" / "pg_control").unlink()
    with pytest.raises(StartFailed, match="Its last words") as failed:
        await EmbeddedPostgres(folder / "pg").start()
    assert "postgres.log" in failed.value.way_out
    assert "Traceback" not in str(failed.value)


async def test_log_quotes_nothing_that_people_wrote(folder: Path) -> None:
    async with embedded_postgres(folder / "pg", fsync=False) as server:
        connection = await asyncpg.connect(server.dsn)
        await connection.execute("create table note (text text primary key)")
        await connection.execute("insert into note values ($1)", "kanarie-17")
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("insert into note values ($1)", "kanarie-17")
        with pytest.raises(asyncpg.PostgresSyntaxError):
            await connection.execute("insert into nowhere kanarie-17")
        await connection.close()
    assert "kanarie-17" not in (folder / "pg" / "postgres.log").read_text()


def test_programs_must_be_there_and_new_enough(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(folder))
    with pytest.raises(StartFailed, match="holds no initdb"):
        binaries.postgres_binaries()
    (folder / "initdb").touch()
    (folder / "postgres").write_text("#!/bin/sh\necho postgres '(PostgreSQL)' 15.4\n")
    (folder / "postgres").chmod(0o755)
    with pytest.raises(StartFailed, match="version 15; at least 18"):
        binaries.postgres_binaries()


@pytest.mark.skipif(not AS_ROOT, reason="only root starts it as another user")
async def test_programs_below_a_closed_folder_are_copied_to_where_nobody_can_run_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = binaries.postgres_binaries()
    site = found.parents[2]
    closed = folder / "closed" / "site"
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)
    shutil.copytree(site / "embedded_postgres", closed / "embedded_postgres", symlinks=True)
    shutil.copytree(site / "embedded_postgres.libs", closed / "embedded_postgres.libs")
    monkeypatch.setenv("POSTGRES_BIN", str(closed / "embedded_postgres" / "pginstall" / "bin"))
    monkeypatch.setattr(binaries, "SHARED_COPY", folder / "shared")
    async with embedded_postgres(folder / "pg", fsync=False) as server:
        assert await execute(server, "select 1") == 1
        assert Path(f"/proc/{server.pid}/exe").readlink().is_relative_to(folder / "shared")
    assert closed.parent.stat().st_mode & 0o777 == 0o700

"""Makes exports of the log of an installation."""

from __future__ import annotations

import getpass
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import asyncpg

from deploy.home import Home
from deploy.verifying import BadExport, log_vkeys
from events.audit.export import Contents, KeyOf, prepare, streams_in, write_export
from events.audit.kept import forget, is_registered, register
from events.audit.online import Tell
from events.audit.publishing import Publication
from events.audit.scanning import connected
from events.audit.selection import Asked
from events.audit.tiles import LOGS
from events.audit.verify import Checkpoint
from events.store.errors import Erased, UnknownDossier
from events.store.keys import MasterKeys
from events.store.store import Store
from settings import Settings
from web.documents.exports import export_pages
from web.texts import Language


@dataclass(frozen=True)
class Made:
    """A file, what it holds, and whether it is kept here (else whoever asked looks after it)."""

    file: Path
    contents: Contents
    kept: bool

    def json(self) -> dict[str, Any]:
        prepared = self.contents.prepared
        return {
            "file": str(self.file),
            "checkpoint": prepared.number,
            **{log: prepared.taken.count(log) for log in LOGS},
            "kept": self.kept,
        }


def exports_folder(settings: Settings) -> Path:
    """Where exports are kept for which nobody named a place."""
    return Home(settings).folder / "exports"


async def export(
    settings: Settings,
    asked: Asked,
    to: Path | None,
    *,
    sealed: bool = False,
    language: Language = "nl",
    number: int | None = None,
    also: Sequence[int] = (),
    kept: Sequence[Checkpoint] = (),
    tell: Tell = lambda _done, _of: None,
) -> Made:
    """Writes an export, whole or not at all; without ``to`` into the installation's own folder,
    where an erasure of what it holds finds it.

    Raises NothingThere, BadExport, BadKeys, OSError.
    """
    folder = exports_folder(settings)
    made_at = datetime.now(UTC)
    file = to or folder / f"{asked.what}-{made_at:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.zip"
    file = file.absolute()
    if file.exists():
        raise BadExport(f"{file} is there already.")
    own = file.parent == folder.absolute()
    if own:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with _reading(settings) as (connection, store):
        vkeys = await log_vkeys(settings, Publication.at(settings.published))
        prepared = await prepare(connection, asked, number=number, also=also, kept=kept)
        total = sum(prepared.taken.count(log) for log in LOGS)
        holds = await streams_in(connection, prepared.taken) if own and not sealed else {}
        async with _noted(settings, file, holds):
            with whole(file) as out:
                contents = await write_export(
                    connection,
                    prepared,
                    out,
                    key_of=None if sealed else _keys_of(store),
                    vkeys=vkeys,
                    made_at=made_at,
                    pages=lambda made: export_pages(made, language),
                    tell=_adding(tell, total),
                )
    return Made(file, contents, own)


@asynccontextmanager
async def _noted(
    settings: Settings, file: Path, holds: Mapping[str, Sequence[str]]
) -> AsyncIterator[None]:
    """An erasure knows of the file before there is one, and none that it missed is left."""
    connection = await asyncpg.connect(settings.database("app"))
    try:
        await register(connection, file.name, holds, f"{getpass.getuser()}@{socket.gethostname()}")
        try:
            yield
        except BaseException:
            await forget(connection, file.name, holds)
            raise
        if not await is_registered(connection, file.name, holds):
            file.unlink(missing_ok=True)
            raise BadExport("Something in it was erased while it was made. Make it anew.")
    finally:
        await connection.close()


@contextmanager
def whole(file: Path) -> Iterator[IO[bytes]]:
    """A file that is there once all is in it, and that only its owner can read."""
    half = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


@asynccontextmanager
async def _reading(settings: Settings) -> AsyncIterator[tuple[asyncpg.Connection, Store]]:
    """What is stored of all boards, and the keys to it."""
    keys = MasterKeys.load(settings.master_keys)
    store = await Store.connect(settings.database("app"), keys, {}, max_size=2)
    try:
        connection = await connected(settings.database("projector"))
        try:
            yield connection, store
        finally:
            await connection.close()
    finally:
        await store.close()


def _keys_of(store: Store) -> KeyOf:
    async def key_of(tenant: str, stream: str) -> bytes | None:
        try:
            return await store.dossier_key(tenant, stream)
        except (Erased, UnknownDossier):
            return None

    return key_of


def _adding(tell: Tell, total: int) -> Callable[[int], None]:
    """Tells how many there are, to whom is told how many more there are."""
    done = 0

    def more(entries: int) -> None:
        nonlocal done
        done += entries
        tell(done, total)

    return more

"""Exports as tests make, open, change and close them again."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from events.audit.export import prepare, write_export
from events.audit.selection import Asked
from events.audit.verify import Checkpoint, Report, canonical, verify
from events.store.store import Store
from tests.events.audit.world import Copy
from web.documents.exports import export_pages

Files = dict[str, bytes]


async def exported(
    copy: Copy, asked: Asked, *, sealed: bool = False, erased: Sequence[str] = (), **options: Any
) -> bytes:
    """The archive of what is asked; the keys of ``erased`` streams are not there."""
    store = await Store.connect(copy.database.app_dsn, copy.world.master_keys, {}, max_size=1)

    async def key_of(tenant: str, stream: str) -> bytes | None:
        return None if stream in erased else await store.dossier_key(tenant, stream)

    to = io.BytesIO()
    try:
        prepared = await prepare(copy.owner, asked, **options)
        await write_export(
            copy.owner,
            prepared,
            to,
            key_of=None if sealed else key_of,
            vkeys=copy.world.vkeys,
            made_at=datetime(2026, 2, 2, tzinfo=UTC),
            pages=lambda contents: export_pages(contents, "nl"),
        )
    finally:
        await store.close()
    return to.getvalue()


def opened(archive: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {name: file.read(name) for name in file.namelist()}


def closed(files: Files, *, anew: bool) -> bytes:
    """An archive of these files; ``anew``: with a manifest that fits them, as a forger makes it."""
    if anew:
        told = json.loads(files["manifest.json"])
        del told["sha256"]
        names = [name for name in files if name != "manifest.json"]
        told["files"] = {name: hashlib.sha256(files[name]).hexdigest() for name in names}
        told["sha256"] = hashlib.sha256(canonical(told).encode()).hexdigest()
        files = {**files, "manifest.json": canonical(told).encode()}
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return to.getvalue()


def checked(archive: bytes, vkeys: Sequence[str], kept: Sequence[Checkpoint] = ()) -> Report:
    """What the verifier says of it."""
    return verify(io.BytesIO(archive), vkeys, kept, Report())


def lines(files: Files, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[name].splitlines()]


def with_lines(files: Files, name: str, content: Sequence[dict[str, Any]]) -> Files:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in content)
    return {**files, name: text.encode()}

"""The commands ``backup`` and ``restore``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.terminal import FAILED, OK, AsJson, answer, end, fail, run, settings

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False)]


def backup(folder: Folder, as_json: AsJson = False) -> None:
    """Dump the whole database into a new folder, while everything serves.

    The master keys are not in it: keep a copy of them elsewhere. The folder holds names of people
    in the clear: encrypt it before it leaves the machine.
    """
    from deploy.backup import backup as make
    from deploy.manifest import Manifest
    from deploy.servers import own_postgres

    async def work() -> Manifest:
        async with own_postgres(settings(), join=True) as found:
            with _bar(as_json)("Dumping the database", True) as tell:
                return await make(found.owner_database, folder.absolute(), tell)

    made = _told(work())
    lines = [
        f"{folder} holds {made.events} events, up to position {made.positions}.",
        f"To read it, it takes the master key {', '.join(made.masters) or 'of the installation'}.",
        "Not in it, keep copies in other places:",
        *(f"- {what}" for what in made.not_in_it),
    ]
    answer("\n".join(lines), made.model_dump(mode="json"), as_json)


def restore(
    folder: Folder,
    accept_loss: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Give up what was published since the backup, and state so in the log's name.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into a database that is not there, or is empty; nothing may serve.

    Checks the backup, loads it, erases again what was erased since, verifies it against what was
    published, and gives every open case its process. Safe to interrupt and to repeat.
    """
    from deploy import recovery
    from deploy.restore import restore as bring_back
    from deploy.servers import own_postgres, own_temporal

    async def work() -> dict[str, Any]:
        asked = settings()
        say = (lambda _: None) if as_json else typer.echo
        async with own_postgres(asked) as found:
            done = await bring_back(
                found, folder.absolute(), accept_loss=accept_loss, say=say, bar=_bar(as_json)
            )
            for note in done.notes:
                say(note)
            if done.statement:
                say(f"Stated in the log's name:\n{done.statement}")
            async with own_temporal(asked, found) as whole:
                shown = False if as_json else None
                mended = await recovery.recover_all(whole, restored=True, progress=shown)
            say(recovery.sentence(mended))
            return {**done.json(), "recovery": asdict(mended)}

    report = _told(work())
    answer("All is done: start worker and web.", report, as_json)
    end(FAILED if report["recovery"]["failed"] else OK)


def _bar(as_json: bool) -> Any:
    from deploy.progress import progress_bar
    from deploy.restore import no_bar

    def shown(what: str, in_bytes: bool) -> AbstractContextManager[Any]:
        return progress_bar(what, in_bytes=in_bytes)

    return no_bar if as_json else shown


def _told(work: Any) -> Any:
    """What comes of it; a refusal is a sentence on standard error."""
    from deploy.manifest import BackupRefused
    from events.audit.publishing import Away, BadPlace
    from events.store.errors import StoreError

    try:
        return run(work)
    except (BackupRefused, StoreError, Away, BadPlace) as refused:
        fail(str(refused))

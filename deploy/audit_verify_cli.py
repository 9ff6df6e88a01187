"""The commands ``traject audit verify``, ``export`` and ``prove``."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from deploy.terminal import FAILED, OK, AsJson, answer, end, fail, joined, run

if TYPE_CHECKING:
    from deploy.exporting import Made
    from deploy.proofs import Proof
    from events.audit.selection import Asked
    from events.audit.verify import Checkpoint, Report

UNSURE = 2

Kept = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoint",
        exists=True,
        dir_okay=False,
        help="A checkpoint that you kept; may be given again.",
    ),
]


class Language(StrEnum):
    """Of the page for people."""

    NL = "nl"
    EN = "en"


def verify(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[EXPORT]", exists=True, dir_okay=False, help="An export to check."),
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, help="How many processes read the database.")
    ] = 1,
    checkpoint: Kept = None,
    key: Annotated[
        list[str] | None,
        typer.Option(help="A key of the log that you trust; without it the log's oldest one here."),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where checkpoints are published, if not as set."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check an export, or without one the whole database, against all that was ever signed.

    Findings name the first position that is not as it was. Exit code 1 where something is wrong,
    2 where not all could be checked.
    """
    from events.audit.verify import Keys, Wrong, told

    try:
        Keys(key or [])
    except Wrong as wrong:
        fail(f"{wrong}.")
    kept = _kept(checkpoint)
    if file is not None:
        report = _offline(file, key or [], kept, as_json)
    else:
        report = _online(key or [], kept, published, processes, as_json)
    answer(told(report), json.loads(json.dumps(report, default=vars)), as_json)
    end(FAILED if report.findings else UNSURE if report.unsure else OK)


def _offline(file: Path, keys: list[str], kept: list[Checkpoint], quiet: bool) -> Report:
    from deploy.progress import progress_bar
    from events.audit.verify import LOGS, Report, verify

    report, ended = Report(), threading.Event()

    def look(tell: Callable[[float, float], None], entries: int) -> None:
        """The verifier knows nothing of us: it is watched from beside."""
        while not ended.wait(0.2):
            tell(sum(report.checked[log] for log in LOGS), entries)

    with progress_bar("Checking entries", shown=False if quiet else None) as tell:
        looking = threading.Thread(target=look, args=(tell, _entries(file)), daemon=True)
        looking.start()
        verify(str(file), keys, kept, report)
        ended.set()
        looking.join()
    return report


def _entries(file: Path) -> int:
    """How many an export says to hold; 0 where it cannot be told."""
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(json.loads(archive.read("manifest.json"))["entries"].values())
    except (KeyError, ValueError, AttributeError, TypeError, zipfile.BadZipFile):
        return 0


def _online(
    keys: list[str], kept: list[Checkpoint], published: str | None, processes: int, quiet: bool
) -> Report:
    from deploy.progress import progress_bar
    from deploy.verifying import BadExport, verify_installation
    from events.audit.publishing import Away, BadPlace

    with progress_bar("Checking entries", shown=False if quiet else None) as tell:
        try:
            return run(
                verify_installation(
                    joined(),
                    keys=keys,
                    kept=kept,
                    published=published,
                    processes=processes,
                    tell=tell,
                )
            )
        except (Away, BadPlace, BadExport) as error:
            typer.echo(f"What was published cannot be used: {error}", err=True)
            end(UNSURE)


def export(
    stream: Annotated[UUID | None, typer.Option(help="One case.")] = None,
    person: Annotated[UUID | None, typer.Option(help="The cases of one person.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", help="A period, from this moment (UTC) on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="A period, up to this moment (UTC), not with it.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was ever logged.")] = False,
    board: Annotated[UUID | None, typer.Option(help="A period or all, of one board.")] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            dir_okay=False,
            help="The file to write. Without it: one in the folder of this installation, where an"
            " erasure finds it.",
        ),
    ] = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="Without keys, readable contents and names.")
    ] = False,
    checkpoint: Kept = None,
    language: Annotated[Language, typer.Option(help="Of the page for people.")] = Language.NL,
    as_json: AsJson = False,
) -> None:
    """Write an archive that anybody can read and check elsewhere, with the verifier in it.

    Name one case, one person, a period or --all. With --checkpoint the archive can also be compared
    with a checkpoint that somebody kept.
    """
    from events.audit.selection import Asked

    period = start is not None or until is not None
    if sum([stream is not None, person is not None, period, everything]) != 1:
        raise typer.BadParameter("name one case, one person, a period, or --all")
    if board is not None and not (period or everything):
        raise typer.BadParameter("--board goes with a period or --all")
    what = "stream" if stream else "person" if person else "period" if period else "all"
    id_ = stream or person
    asked = Asked(
        what, str(id_) if id_ else None, _utc(start), _utc(until), str(board) if board else None
    )
    options = {"sealed": sealed, "language": language.value, "kept": _kept(checkpoint)}
    made = _written(asked, to, as_json, **options)
    where = "" if made.kept else " An erasure does not find it there: that is up to you."
    answer(f"{_told(made)}{where}", made.json(), as_json)


def prove(
    event: Annotated[
        UUID | None, typer.Argument(metavar="[EVENT]", help="The id of an event.")
    ] = None,
    older: Annotated[
        int | None, typer.Option("--from-checkpoint", help="The number of a checkpoint.", min=1)
    ] = None,
    newer: Annotated[
        int | None, typer.Option("--to-checkpoint", help="The number of a later one.", min=1)
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", dir_okay=False, help="Also write an archive that proves it by itself."
        ),
    ] = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="The archive without keys, contents and names.")
    ] = False,
    language: Annotated[Language, typer.Option(help="Of the archive's page.")] = Language.NL,
    as_json: AsJson = False,
) -> None:
    """Prove that an event is in the log, or that a checkpoint's log begins with that of an older.

    The hashes are those of RFC 6962, as other tools read them too.
    """
    from events.audit.selection import Asked

    if (event is None) == (older is None) or (older is None) != (newer is None):
        raise typer.BadParameter("name an event, or --from-checkpoint and --to-checkpoint")
    proof = _proof(str(event) if event else None, older or 0, newer or 0)
    if event is not None:
        asked, checkpoints = Asked("event", str(event)), {}
    else:
        asked, checkpoints = Asked("checkpoints"), {"number": newer, "also": [older]}
    text = proof.sentence
    if to is not None:
        options = {"sealed": sealed, "language": language.value, **checkpoints}
        text = f"{text}\n{_told(_written(asked, to, as_json, **options))}"
    answer(text, proof.json(), as_json)


def _proof(event: str | None, older: int, newer: int) -> Proof:
    from deploy.proofs import prove_consistency, prove_inclusion
    from events.audit.contradiction import Contradiction
    from events.audit.selection import NothingThere

    try:
        if event is not None:
            return run(prove_inclusion(joined(), event))
        return run(prove_consistency(joined(), older, newer))
    except (NothingThere, Contradiction) as error:
        fail(str(error))


def _written(asked: Asked, to: Path | None, quiet: bool, **options: Any) -> Made:
    from deploy.exporting import export
    from deploy.progress import progress_bar
    from events.store.errors import StoreError

    with progress_bar("Writing entries", shown=False if quiet else None) as tell:
        try:
            return run(export(joined(), asked, to, tell=tell, **options))
        except StoreError as error:
            fail(f"{str(error).rstrip('.')}.")


def _told(made: Made) -> str:
    told = made.json()
    return (
        f"{made.file} holds {told['events']} events, {told['reads']} readings and"
        f" {told['refused']} refusals, proved by checkpoint {told['checkpoint']}."
    )


def _kept(files: list[Path] | None) -> list[Checkpoint]:
    if not files:
        return []
    from deploy.verifying import BadExport, read_kept

    try:
        return read_kept(files)
    except BadExport as error:
        fail(str(error))


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)

"""The command ``audit replay``."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from deploy.terminal import FAILED, OK, AsJson, end, fail, joined, run

if TYPE_CHECKING:
    from deploy.replaying import Asked
    from settings import Settings


class As(StrEnum):
    """How a replay is told."""

    TABLE = "table"
    JSON = "json"
    STEPS = "steps"


class Words(StrEnum):
    """The languages there are."""

    NL = "nl"
    EN = "en"


def replay(
    stream: Annotated[str | None, typer.Argument(metavar="STREAM", help="A case's id.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All cases, of all boards.")] = False,
    board: Annotated[str | None, typer.Option(help="All cases of this board.")] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="As of then; without a zone, the board's local time."),
    ] = None,
    form: Annotated[As, typer.Option("--as", help="A table, JSON, or event by event.")] = As.TABLE,
    role: Annotated[
        str, typer.Option(help="What whoever had this role then could know; 'teacher', 'hr' ...")
    ] = "auditor",
    between: Annotated[
        tuple[str, str] | None,
        typer.Option("--diff", metavar="A B", help="What differs between two instants."),
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="So many processes work at it; one for each core.")
    ] = None,
    language: Annotated[Words, typer.Option(help="Of the words for what happened.")] = Words.EN,
    as_json: AsJson = False,
) -> None:
    """Build cases anew from their events alone, as they were at an instant.

    Erased cases show as erased. Fails where a case cannot be read.
    """
    from deploy.replaying import Asked

    if bool(stream) + every + bool(board) != 1:
        fail("Name a case, or a board with --board, or say --all.")
    if between and not (stream and at is None):
        fail("--diff takes one case, and two instants of its own.")
    for id_ in filter(None, (stream, board)):
        _known(id_)
    settings, now = joined(), datetime.now(UTC)
    for moment in between or (at,):
        _meant(moment)
    as_json = as_json or form is As.JSON
    if between:
        first, last = (Asked(moment, "row", role, now) for moment in between)
        end(run(_difference(settings, str(stream), first, last, as_json)))
    whole = "whole" if as_json or stream else "row"
    asked = Asked(at, "steps" if form is As.STEPS else whole, role, now)
    alone = 1 if stream else processes or os.cpu_count() or 1
    end(run(_replay(settings, asked, board, stream, alone, None if as_json else language.value)))


async def _replay(
    settings: Settings,
    asked: Asked,
    board: str | None,
    stream: str | None,
    processes: int,
    language: Any,
) -> int:
    """Prints case by case, in JSON where there is no language; the exit code."""
    from deploy.progress import progress_bar
    from deploy.replaying import replayed

    cases = faults = events = 0
    with progress_bar("Replaying cases", shown=False if stream else None) as tell:
        async for told in replayed(
            settings, asked, board=board, stream=stream, processes=processes, tell=tell
        ):
            for one in told:
                typer.echo(_text(one, asked, language) if language else _json(one, cases == 0))
                cases += 1
                events += one["events"]
                faults += one["fault"] is not None
    if not language:
        typer.echo("\n]" if cases else "[]")
    if stream and not cases:
        fail("There is no such case, or nothing was recorded of it by then.")
    if language and not stream:
        typer.echo(f"{cases} cases, {events} events, {faults} that cannot be read.")
    return FAILED if faults else OK


def _json(told: dict[str, Any], first: bool) -> str:
    # The list is closed by whoever opened it: all cases at once may be more than memory holds.
    return ("[\n" if first else ",\n") + json.dumps(told)


def _text(told: dict[str, Any], asked: Asked, language: Any) -> str:
    from deploy import replay_text

    if asked.form == "row":
        return replay_text.row(told, language)
    tell = replay_text.whole if asked.form == "whole" else replay_text.stepwise
    return "\n".join(tell(told, language)) + "\n"


async def _difference(
    settings: Settings, stream: str, first: Asked, last: Asked, as_json: bool
) -> int:
    """Prints what differs, a line for each value; the exit code."""
    from deploy.replaying import replayed
    from events.audit.difference import difference

    found: list[dict[str, Any]] = []
    for asked in (first, last):
        told = [one async for page in replayed(settings, asked, stream=stream) for one in page]
        if any(one["erased"] or one["fault"] for one in told):
            fail(told[0]["fault"] or "The case was erased.")
        found.append((told[0]["summary"] or {}) if told else {})
    if not any(found):
        fail("There is no such case, or whoever had that role could not know of it.")
    changes = difference(*found)
    if as_json:
        typer.echo(json.dumps([change.json() for change in changes], indent=2))
    else:
        typer.echo("\n".join(change.line() for change in changes) or "Nothing differs.")
    return OK


def _meant(moment: str | None) -> None:
    from events.audit.replaying import instant_of

    try:
        instant_of(moment)
    except ValueError:
        fail(f"{moment} is no instant, such as 2026-03-02 or 2026-03-02T08:30+01:00.")


def _known(id_: str) -> None:
    try:
        UUID(id_)
    except ValueError:
        fail(f"{id_} is no id.")

"""The commands ``retention`` and ``person file``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.boards_cli import person_app
from deploy.terminal import AsJson, answer, fail, joined, run

if TYPE_CHECKING:
    from deploy.retention import Kept

retention_app = typer.Typer(
    help="How long cases are kept after their end.", no_args_is_help=True, rich_markup_mode=None
)


@retention_app.callback()
def _group() -> None:
    """A group, also while it has one command."""


@retention_app.command("list")
def retention_list(
    due: Annotated[
        bool, typer.Option("--due", help="Only those whose term is over and that are not on hold.")
    ] = False,
    board: Annotated[str | None, typer.Option(help="Of one board only.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the cases that ended: until when each is kept, on what ground, and what was asked.

    A case that is due is not erased by itself: hr requests it, an auditor approves it.
    """
    from deploy.progress import progress_bar
    from deploy.retention import kept_cases

    with progress_bar("Looking through cases", shown=False if as_json else None) as tell:
        cases = run(kept_cases(joined(), board, only_due=due, tell=tell))
    answer(
        "\n".join(_line(one) for one in cases) or "No case that ended is kept.",
        [one.json() for one in cases],
        as_json,
    )


def _line(one: Kept) -> str:
    marks = ["due" if one.is_over else ""]
    marks += ["on hold" if one.hold else "", "restricted" if one.restricted else ""]
    if one.erasure is not None:
        marks.append("erasure approved" if one.erasure.approved_by else "erasure requested")
    said = ", ".join(mark for mark in marks if mark)
    return (
        f"{one.case}  {one.process:<12} {one.state:<16} ended {one.ended_on}"
        f"  {one.kind} {one.months} months until {one.over}{f' ({said})' if said else ''}"
        f"  {one.ground}"
    )


@person_app.command("file")
def person_file(
    person: Annotated[str, typer.Argument(help="Whose file, by id ('traject person list').")],
    to: Annotated[
        Path, typer.Option(metavar="FILE", dir_okay=False, help="The zip that is written.")
    ],
    board: Annotated[
        str | None, typer.Option(help="Where several boards have a person of this id.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="PERSON",
            help="Who asks for it, for the log of readings; by default the person's own request.",
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="nl or en; by default the person's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a person's complete file (AVG art. 15): all that is held about them.

    It has pages to read and print, and the same as JSON. Every case of the board is looked
    through. It is for the person, within a month: hand it over and keep no copy, as an erasure does
    not find it.
    """
    from deploy.personal_file import Wanted, make_file
    from deploy.progress import progress_bar

    if language not in (None, "nl", "en"):
        fail("The language is nl or en.")
    wanted = Wanted(person, board, by, language)
    with progress_bar("Looking through cases", shown=False if as_json else None) as tell:
        size = run(make_file(joined(), wanted, to, tell))
    text = f"{to} was written, {size:,} bytes. Hand it over and keep no copy."
    answer(text, {"file": str(to), "bytes": size}, as_json)

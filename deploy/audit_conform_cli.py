"""The command ``traject audit conform``."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from deploy.terminal import FAILED, OK, AsJson, answer, end, fail, joined, run

if TYPE_CHECKING:
    from deploy.conformance import Outcome

SHOWN = 50
"""So many findings are shown to people; programs get all."""


def conform(
    stream: Annotated[
        UUID | None, typer.Argument(help="One case, and where it meets others.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every case of every board.")] = False,
    board: Annotated[UUID | None, typer.Option(help="Every case of one board.")] = None,
    late: Annotated[
        float, typer.Option(help="Hours that a deadline may wait for its event.", min=0)
    ] = 1,
    jobs: Annotated[
        int, typer.Option(help="Processes that look; without it one for each core.", min=0)
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Put every recorded command to the rules that were in force, on the state it met.

    Reports what the rules would not have allowed, what they would have recorded otherwise, and
    deadlines that passed without their event. Fails when there is anything of these.
    """
    from deploy.conformance import UnknownStream, Way, check_boards, check_stream
    from deploy.progress import progress_bar

    if (stream is None) == (board is None) and not (everything and stream is None):
        raise typer.BadParameter("name a case, a board, or --all")
    if everything and (stream or board):
        raise typer.BadParameter("--all goes without a case or a board")
    settings = joined()
    way = Way(settings.database("app"), settings.master_keys, timedelta(hours=late), jobs)
    try:
        if stream is not None:
            outcome = run(check_stream(way, str(stream)))
        else:
            with progress_bar("Asking the rules again", shown=False if as_json else None) as tell:
                outcome = run(check_boards(way, str(board) if board else None, tell))
    except UnknownStream as unknown:
        fail(str(unknown))
    answer(text_of(outcome), outcome.json(), as_json)
    end(FAILED if outcome.of_weight("wrong") else OK)


def text_of(outcome: Outcome) -> str:
    """The outcome for people."""
    wrong, notes = outcome.of_weight("wrong"), outcome.of_weight("note")
    lines = [
        f"{one.process}/{one.stream} version {one.version}: {one.sentence} [{one.code}]"
        for one in wrong[:SHOWN]
    ]
    if len(wrong) > SHOWN:
        lines.append(f"and {len(wrong) - SHOWN} more; --json has all")
    lines += [
        f"note: {count} x {code}" for code, count in Counter(one.code for one in notes).items()
    ]
    erased = f", {outcome.erased} of them erased" if outcome.erased else ""
    lines.append(
        f"{outcome.streams} cases{erased}; {outcome.checked} of {outcome.commands} commands"
        f" were put to the rules: {len(wrong) or 'no'} findings"
    )
    return "\n".join(lines)

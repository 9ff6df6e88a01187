"""The commands ``traject projections ...``."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from deploy import terminal
from deploy.terminal import FAILED, OK, AsJson, answer, joined, run

projections_app = typer.Typer(
    help="The read models behind lists, tasks, agenda and dashboard.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="All, when none is named.")]


@projections_app.command("list")
def projections_list(as_json: AsJson = False) -> None:
    """List the read models, each with the build that is read now."""
    from deploy import projections

    rows = run(projections.known(joined()))
    lines = [
        f"{row['name']}  version {row['version']}"
        f"  {'build ' + str(row['live']) if row['live'] else 'not built yet'}"
        for row in rows
    ]
    answer("\n".join(lines), rows, as_json)


@projections_app.command("status")
def projections_status(as_json: AsJson = False) -> None:
    """Show how far each build has come, how far behind it is, and how much is parked."""
    from deploy import projections

    rows = run(projections.status(joined()))
    lines = [_status(row) for row in rows]
    answer("\n".join(lines) or "Nothing is built yet: start a worker.", rows, as_json)


def _status(row: dict[str, Any]) -> str:
    lag = f"{row['behind']} events behind"
    if row["behind"]:
        lag += f", for {row['seconds']:.1f} s"
    return (
        f"{row['name']} v{row['version']} build {row['build']}  {row['state']}"
        f"  position {row['position']} of {row['head']}  {lag}  {row['parked']} parked"
    )


@projections_app.command("rebuild")
def projections_rebuild(
    names: Names = None,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes reckon at once.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Build read models anew beside the live ones, and let them take their places.

    Everything goes on meanwhile. Safe to interrupt: what was begun is removed by the next worker
    or rebuild.
    """
    from deploy import projections

    bar = not as_json and sys.stderr.isatty()
    fresh = run(projections.rebuild_all(joined(), names or [], processes, progress=bar))
    told = ", ".join(f"{row['name']} (build {row['number']})" for row in fresh)
    answer(f"Rebuilt: {told}.", fresh, as_json)


@projections_app.command("parked")
def projections_parked(names: Names = None, as_json: AsJson = False) -> None:
    """List the cases that a read model cannot show, each with the event it stands still at."""
    from deploy import projections

    rows = run(projections.all_parked(joined(), names or []))
    lines = [
        f"{row['projection']}  {row['process']}/{row['stream']}  event {row['version']}"
        f" at position {row['position']}  {row['error']}  tried {row['attempts']} times"
        for row in rows
    ]
    answer("\n".join(lines) or "Nothing is parked.", rows, as_json)


@projections_app.command("retry")
def projections_retry(names: Names = None, as_json: AsJson = False) -> None:
    """Try again to show what is parked; fails while something stays parked."""
    from deploy import projections

    found = run(projections.retry(joined(), names or []))
    answer(f"{found['retried']} shown again, {found['parked']} still parked.", found, as_json)
    terminal.end(FAILED if found["parked"] else OK)

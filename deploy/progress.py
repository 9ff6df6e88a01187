"""The progress bar of long work on a terminal: how much of how much, how fast, how long still."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

Tell = Callable[[float, float], None]
"""Takes how much is done, and of how much."""


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s")


@contextmanager
def progress_bar(what: str, *, shown: bool | None = None, in_bytes: bool = False) -> Iterator[Tell]:
    """A bar on standard error within the block; by default only where that is a terminal."""
    if shown is None:
        shown = sys.stderr.isatty()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *((DownloadColumn(),) if in_bytes else (MofNCompleteColumn(), _Rate())),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not shown,
    )
    with bar:
        task = bar.add_task(what, total=None)

        def tell(done: float, total: float) -> None:
            bar.update(task, completed=done, total=total)

        yield tell

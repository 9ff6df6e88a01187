"""What every command of the terminal shares: settings, the event loop, answers and exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, NoReturn

import typer

from settings import Settings, read_settings

OK, FAILED, INTERRUPTED = 0, 1, 130

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def settings(**changes: Any) -> Settings:
    """The settings of this environment, with these changed. Raises BadSettings."""
    found = read_settings()
    if not changes:
        return found
    explicit = found.model_dump(include=found.model_fields_set)
    return Settings.model_validate({**explicit, **changes})


def joined() -> Settings:
    """The settings, joined to what `traject up` runs here where they name no servers."""
    from deploy.home import Home

    found = settings()
    return Home(found).joined(found)


def run(work: Coroutine[Any, Any, Any], *, fast: bool = False) -> Any:
    """Awaits ``work`` on a loop of its own; ``fast`` for parts that serve many calls."""
    if fast:
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    return asyncio.run(work)


def answer(text: str, value: Any, as_json: bool) -> None:
    """Prints ``text`` for people, or ``value`` for programs."""
    typer.echo(json.dumps(value, indent=2) if as_json else text)


def fail(text: str) -> NoReturn:
    """Says what went wrong, and ends."""
    typer.echo(text, err=True)
    end(FAILED)


def end(code: int) -> NoReturn:
    """Ends the process with this code."""
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's library now and then aborts CPython 3.11 while the interpreter is torn down.
    os._exit(code)

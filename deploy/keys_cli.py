"""The commands ``keys``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, Any

import typer

from deploy.terminal import FAILED, AsJson, answer, end, fail, joined, run

keys_app = typer.Typer(
    help="The master keys that wrap every dossier's own key.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

KeepLinks = Annotated[
    bool,
    typer.Option(
        "--keep-links/--revoke-links",
        help="Whether signing links made by it serve until they run out; not if it was stolen.",
    ),
]
COPY = (
    "Put a copy of the key file in its safe place now, and keep older copies as long as backups"
    " of their time."
)


def _bar(as_json: bool) -> Callable[[], AbstractContextManager[Any]]:
    from deploy.progress import progress_bar

    return nullcontext if as_json else lambda: progress_bar("Wrapping dossier keys anew")


@keys_app.command("list")
def keys_list(as_json: AsJson = False) -> None:
    """List the master keys, and how many dossiers each of them wraps the key of."""
    from deploy.keys import rotation_of

    async def work() -> list[dict[str, Any]]:
        async with rotation_of(joined()) as rotation:
            return await rotation.listed()

    rows = run(work())
    lines = [
        f"{row['name']}  {row['state']}  {row['dossiers']} dossiers"
        + (f"  links until {row['links_until']}" if "links_until" in row else "")
        for row in rows
    ]
    answer("\n".join(lines), rows, as_json)
    end(FAILED if any(row["state"] == "missing" for row in rows) else 0)


@keys_app.command("rotate")
def keys_rotate(
    grace: Annotated[
        float, typer.Option(help="Seconds between telling the new key and using it.", min=0)
    ] = 5.0,
    keep_links: KeepLinks = True,
    as_json: AsJson = False,
) -> None:
    """Replace the master key while everything serves: all steps, or the rest of them.

    Safe to interrupt and to repeat. Where processes read copies of the key file on other machines,
    take the steps one by one (add, use, rewrap, remove), and copy the file after add and remove.
    """
    from deploy.keys import rotate, rotation_of

    async def work() -> str:
        async with rotation_of(joined()) as rotation:
            say = (lambda _: None) if as_json else typer.echo
            return await rotate(
                rotation, grace=grace, keep_links=keep_links, say=say, bar=_bar(as_json)
            )

    current = run(work())
    answer(f"The master key {current} is in use. {COPY}", {"current": current}, as_json)


@keys_app.command("add")
def keys_add(as_json: AsJson = False) -> None:
    """Make a new master key known to all processes, before anything is wrapped by it."""
    from deploy.keys import rotation_of

    async def work() -> str:
        async with rotation_of(joined()) as rotation:
            return await rotation.add()

    name = run(work())
    answer(f"The master key {name} is known. {COPY}", {"added": name}, as_json)


@keys_app.command("use")
def keys_use(as_json: AsJson = False) -> None:
    """Wrap the keys of new dossiers by the master key that was added."""
    from deploy.keys import rotation_of

    async def work() -> str:
        async with rotation_of(joined()) as rotation:
            return rotation.use()

    name = run(work())
    answer(f"New dossiers are wrapped by {name} from now on.", {"current": name}, as_json)


@keys_app.command("rewrap")
def keys_rewrap(as_json: AsJson = False) -> None:
    """Wrap the key of every dossier by the master key in use."""
    from deploy.keys import rotation_of

    async def work() -> list[str]:
        async with rotation_of(joined()) as rotation:
            with _bar(as_json)() as tell:
                return await rotation.rewrap(tell)

    lost = run(work())
    if lost and not as_json:
        fail("\n".join(["No known master key opens the keys of these dossiers:", *lost]))
    answer("Every dossier key is wrapped by the key in use.", {"lost": lost}, as_json)
    end(FAILED if lost else 0)


@keys_app.command("remove")
def keys_remove(name: str, keep_links: KeepLinks = True, as_json: AsJson = False) -> None:
    """Take a master key that wraps nothing any more out of use, for ever."""
    from deploy.keys import rotation_of

    async def work() -> None:
        async with rotation_of(joined()) as rotation:
            await rotation.remove(name, keep_links=keep_links)

    run(work())
    answer(f"The master key {name} was removed. {COPY}", {"removed": name}, as_json)

"""`traject person file`: a person's complete file, made where the installation is looked after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from deploy.boards import BadBoard, known_id
from deploy.exporting import exports_folder, whole
from deploy.progress import Tell
from events.store.directory import UnknownPerson
from events.store.keys import MasterKeys
from events.store.store import Store
from settings import Settings
from web.dossiers import Dossiers
from web.privacy.archive import Asked, archive
from web.site import Site
from web.texts import choose, texts
from workflows.registry import RULES

if TYPE_CHECKING:
    from events.store.subjects import Entry
    from workflows.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose file: a person of a board, of any where none is named; ``by`` is who asks for it.

    ``language`` is the person's own where none is named.
    """

    person: str
    board: str | None = None
    by: str | None = None
    language: str | None = None


async def make_file(settings: Settings, wanted: Wanted, to: Path, tell: Tell) -> int:
    """Writes it to ``to``, whole or not at all; how many bytes. Every case is looked through.

    Raises BadBoard, UnknownPerson, OSError.
    """
    if to.exists():
        raise BadBoard(f"{to} is there already.")
    if to.absolute().parent == exports_folder(settings).absolute():
        raise BadBoard(f"{to.parent} is for exports that this installation keeps: choose another.")
    facts = {name: rules.story.facts for name, rules in RULES.items()}
    keys = MasterKeys.load(settings.master_keys)
    store = await Store.connect(settings.database("app"), keys, facts, max_size=2)
    try:
        tenant, person = await _found(store, wanted)
        by = known_id(wanted.by) if wanted.by else person.id
        if by not in await store.entries(tenant, [by]):
            raise UnknownPerson(by)
        words = texts(choose(wanted.language, person.language))
        asked = Asked(tenant, person, by, datetime.now(UTC), words)
        # Nobody gives a command here, so there is no way to the processes.
        site = Site(store, cast("Gateway", None), RULES, Dossiers(store, RULES))
        with whole(to) as out:
            async for piece in archive(site, asked, all_cases=True, tell=tell):
                out.write(piece)
    finally:
        await store.close()
    return to.stat().st_size


async def _found(store: Store, wanted: Wanted) -> tuple[str, Entry]:
    """The person and its board."""
    id_ = known_id(wanted.person)
    boards = [known_id(wanted.board)] if wanted.board else [one async for one in store.boards()]
    found = [
        (board, entries[id_])
        for board in boards
        if id_ in (entries := await store.entries(board, [id_]))
    ]
    if not found:
        raise UnknownPerson(id_)
    if len(found) > 1:
        raise BadBoard("Several boards have this person: name one with --board.")
    return found[0]

"""Mail that stays in the outbox is shown where nothing is real, and never in production."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from deploy.boards import BadBoard
from deploy.outbox import kept_mail, page_of
from events.recording import NoticeDraft
from events.store.keys import MasterKeys
from events.store.links import Links
from events.store.migrate import mark_installation
from events.store.store import Store
from settings import BadSettings, Settings
from tests.conftest import Database
from tests.events.store.samples import FACTS, begun


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    keys = tmp_path / "keys.json"
    MasterKeys.generate().save(keys)
    return Settings(
        installation="test",
        postgres_dsn=SecretStr(database.app_dsn),
        master_key_file=keys,
        public_url="https://traject.example/",
    )


async def told(settings: Settings, board: str) -> str:
    """A contact and a teacher are asked to sign; the contact's id."""
    keys = MasterKeys.load(settings.master_keys)
    store = await Store.connect(settings.database("app"), keys, FACTS, max_size=2)
    try:
        contact = await store.add_person(board, "Bram Kade", "bram@kade.example", roles=["contact"])
        teacher = await store.add_person(board, "Marloes", "m@school.example", roles=["teacher"])
        notices = [
            NoticeDraft(kind="agreement_to_sign", person=one.id, cause=0)
            for one in (contact, teacher)
        ]
        await begun(store, board, notices=notices)
    finally:
        await store.close()
    return contact.id


async def test_it_shows_texts_and_links(database: Database, settings: Settings) -> None:
    await mark_installation(database.owner_dsn, "test")
    board = str(uuid4())
    contact = await told(settings, board)
    first, second = await kept_mail(settings, None, "")
    assert (first["name"], first["to"], first["kind"]) == (
        "Bram Kade",
        "bram@kade.example",
        "agreement_to_sign",
    )
    assert first["link"].startswith("https://traject.example/sign/")
    assert first["link"] in first["text"]
    assert (second["link"], second["until"]) == (None, None)
    assert first["link"] in page_of(first)
    code = first["link"].rpartition("/")[2]
    link = Links(MasterKeys.load(settings.master_keys)).read(code)
    assert link is not None
    assert (link.person, link.stream) == (contact, first["case"])


async def test_one_board_and_one_receiver_can_be_picked(
    database: Database, settings: Settings
) -> None:
    await mark_installation(database.owner_dsn, "test")
    board, other = str(uuid4()), str(uuid4())
    await told(settings, board)
    await told(settings, other)
    assert len(await kept_mail(settings, None, "")) == 4
    assert {row["board"] for row in await kept_mail(settings, board, "")} == {board}
    (row,) = await kept_mail(settings, other, "BRAM@")
    assert (row["board"], row["name"]) == (other, "Bram Kade")
    with pytest.raises(BadBoard):
        await kept_mail(settings, "nothing", "")


async def test_production_shows_nothing(database: Database, settings: Settings) -> None:
    with pytest.raises(BadSettings, match="production"):
        await kept_mail(settings, None, "")
    await mark_installation(database.owner_dsn, "test")
    marked_otherwise = settings.model_copy(update={"installation": "production"})
    with pytest.raises(BadSettings, match="production"):
        await kept_mail(marked_otherwise, None, "")

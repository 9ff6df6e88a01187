"""Saying who comes in and how, at the terminal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from deploy import access, boards
from deploy.boards import BadBoard
from events.store.emergency import LoginTaken, WeakPassword
from events.store.identities import HomeTaken
from events.store.keys import MasterKeys
from settings import BadSettings, Settings, read_settings
from tests.conftest import Database

PASSWORD = "zeven paarden eten appels"
DAY = timedelta(days=1)
IDP = {"OIDC_ISSUER": "https://idp.example", "OIDC_CLIENT_ID": "traject"}


@pytest.fixture
def installation(database: Database, tmp_path: Path) -> Settings:
    keys = tmp_path / "keys.json"
    MasterKeys.generate().save(keys)
    return Settings(postgres_dsn=SecretStr(database.app_dsn), master_key_file=keys)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"INSTALLATION": "demo", "HTTP_HOST": "0.0.0.0"}, "TRAJECT_HTTP_HOST has to be 127.0.0.1"),
        ({"INSTALLATION": "demo", "HTTP_HOST": "::"}, "TRAJECT_HTTP_HOST has to be 127.0.0.1"),
        ({"PUBLIC_URL": "http://traject.example"}, "TRAJECT_PUBLIC_URL has to begin with https"),
        ({"OIDC_ISSUER": "https://idp.example"}, "needs TRAJECT_OIDC_CLIENT_ID"),
        (IDP, "needs TRAJECT_OIDC_BOARD or TRAJECT_OIDC_BOARD_CLAIM"),
        (IDP | {"OIDC_BOARD": "not-an-id"}, "TRAJECT_OIDC_BOARD: "),
        (
            IDP | {"OIDC_ISSUER": "http://idp.example", "OIDC_BOARD_CLAIM": "tid"},
            "TRAJECT_OIDC_ISSUER has to begin with https",
        ),
        ({"HTTP_PROXIES": "10.0.0.0/8, proxy"}, "TRAJECT_HTTP_PROXIES: "),
        ({"SESSION_HOURS": "1000"}, "TRAJECT_SESSION_HOURS: "),
    ],
)
def test_what_would_let_in_the_wrong_people_does_not_start(
    given: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"TRAJECT_{name}", value)
    with pytest.raises(BadSettings, match=says):
        read_settings()


def test_a_client_secret_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    given = IDP | {"OIDC_BOARD_CLAIM": "tid", "OIDC_CLIENT_SECRET": "heel-geheim"}
    for name, value in given.items():
        monkeypatch.setenv(f"TRAJECT_{name}", value)
    settings = read_settings()
    assert "heel-geheim" not in f"{settings!r} {settings.shown()}"


async def test_a_board_says_whom_it_lets_in(installation: Settings) -> None:
    board = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    strict = await access.change_rules(installation, board, None, {})
    assert strict["homes"] == []
    assert (strict["link_by_email"], strict["make_people"]) == (False, False)
    roles = access.roles_of(["urn:x=employee=advisor", "staff=hr"])
    changes = {"link_by_email": True, "roles_by": "both", "roles": roles}
    await access.change_rules(installation, board, ["99AA", "99AA"], changes)
    shown = await access.change_rules(installation, board, None, {"make_people": True})
    assert shown["homes"] == ["99AA"]
    assert shown["roles"] == {"urn:x=employee": "advisor", "staff": "hr"}
    assert (shown["link_by_email"], shown["make_people"]) == (True, True)
    with pytest.raises(BadBoard, match="roles_by"):
        await access.change_rules(installation, board, None, {"roles_by": "somebody"})
    with pytest.raises(BadBoard, match="VALUE=ROLE"):
        access.roles_of(["advisor"])
    other = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    with pytest.raises(HomeTaken):
        await access.change_rules(installation, other, ["99AA"], {})


async def test_the_glass_is_broken_by_an_administrator_only(
    installation: Settings, tmp_path: Path
) -> None:
    board = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\nand nothing else\n")
    password = access.password_from(file)
    assert password == PASSWORD
    made = await access.break_glass(installation, board, "Nood", password, None, "Noodbeheer")
    again = await access.break_glass(installation, board, "nood", password + "!", None, "x")
    assert again == made
    (row,) = await access.emergencies(installation, board)
    assert (row["login"], row["active"], row["used_at"]) == ("nood", True, None)
    with pytest.raises(WeakPassword, match="16"):
        await access.break_glass(installation, board, "nood", "kort", None, "x")
    other = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    for login, password in (("ander", "kort"), ("nood", PASSWORD)):
        with pytest.raises((WeakPassword, LoginTaken)):
            await access.break_glass(installation, other, login, password, None, "x")
    assert await boards.everyone(installation, other) == [], "nobody is left over"
    hr = await boards.add_person(installation, board, "Saskia", ["hr"], None, "nl")
    with pytest.raises(BadBoard, match="nothing else"):
        await access.break_glass(installation, board, "saskia", PASSWORD, hr["person"], "x")
    async with boards.opened(installation) as store:
        key = await store.begin_session(
            board, made["person"], "emergency", idle=DAY, lasting=DAY, device="Firefox, Linux"
        )
        assert await access.switch_off(installation, board, None) == [made["person"]]
        assert await store.by_session(key) is None
        assert await store.by_emergency("nood", PASSWORD + "!") is None


async def test_somebody_is_put_out_at_once(installation: Settings) -> None:
    board = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    made = await boards.add_person(installation, board, "Ellen Vos", ["advisor"], None, "nl")
    person = made["person"]
    async with boards.opened(installation) as store:
        keys = [
            await store.begin_session(board, person, "provider", idle=DAY, lasting=DAY)
            for _ in range(2)
        ]
        await access.link(installation, board, person, "https://idp.example", "e1")
        bo = await boards.add_person(installation, board, "Bo", ["advisor"], None, "nl")
        with pytest.raises(BadBoard, match="somebody else"):
            await access.link(installation, board, bo["person"], "https://idp.example", "e1")
        await store.make_token(board, person, "rooster")
        assert len(await access.sessions(installation, board, person)) == 2
        rows = await access.tokens(installation, board, person)
        assert len(await access.tokens(installation, board, None)) == 3
        assert {row["name"] for row in rows} == {"", "rooster"}
        named = next(row["token"] for row in rows if row["name"])
        await access.end_token(installation, board, named)
        with pytest.raises(BadBoard, match="no such token"):
            await access.end_token(installation, board, named)
        ended = await access.end(installation, board, person, unlink=True)
        assert ended == {"sessions": 2, "tokens": 1, "accounts": 1}
        assert [await store.by_session(key) for key in keys] == [None, None]
        key = await store.begin_session(board, person, "provider", idle=DAY, lasting=DAY)
        await boards.leave(installation, board, person)
        await store.set_active(board, person, True)
        assert await store.by_session(key) is None


async def test_a_mistake_in_a_board_s_id_makes_no_board(installation: Settings) -> None:
    board = str(uuid4())
    for tried in (
        access.change_rules(installation, board, None, {"make_people": True}),
        access.break_glass(installation, board, "nood", PASSWORD, None, "x"),
        boards.add_person(installation, board, "Saskia", ["hr"], None, "nl"),
        boards.change_board(installation, board, {"region": "noord"}),
        boards.show_board(installation, board),
    ):
        with pytest.raises(BadBoard, match=f"There is no board {board}"):
            await tried
    assert await boards.everyone(installation, board) == []

"""Boards, people and tokens are made, changed and refused as an administrator would expect."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy import boards
from deploy.boards import BadBoard
from events.store.keys import MasterKeys
from settings import Settings
from tests.conftest import Database


@pytest.fixture
def installation(database: Database, tmp_path: Path) -> Settings:
    keys = tmp_path / "keys.json"
    MasterKeys.generate().save(keys)
    return Settings(postgres_dsn=SecretStr(database.app_dsn), master_key_file=keys)


async def test_a_board_has_the_holidays_of_its_region(installation: Settings) -> None:
    board = await boards.add_board(installation, "zuid", "Europe/Amsterdam")
    shown = await boards.show_board(installation, board)
    assert shown["region"] == "zuid"
    assert {"from": "2026-04-03", "to": "2026-04-03", "name": "Goede Vrijdag"} in shown["closed"]


async def test_a_changed_setting_is_a_new_version(installation: Settings) -> None:
    board = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    version = await boards.change_board(installation, board, {"goals_max": "12"})
    shown = await boards.show_board(installation, board)
    assert (shown["version"], shown["goals_max"]) == (version, 12)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"goals_max": "many"}, "goals_max: "),
        ({"goal_max": "12"}, "goal_max: "),
        ({"timezone": "Europe/Nergens"}, "timezone: .*no time zone"),
        ({"mail_from_hour": 20, "mail_to_hour": 3}, "settings: .*mail_from_hour"),
        ({"visits_min": 9}, "settings: .*visits_min"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_by_name(
    installation: Settings, change: dict[str, str], says: str
) -> None:
    board = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    with pytest.raises(BadBoard, match=says):
        await boards.change_board(installation, board, change)
    assert (await boards.show_board(installation, board))["goals_max"] == 15


async def test_a_board_takes_the_holidays_of_a_new_year(
    installation: Settings, tmp_path: Path
) -> None:
    board = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    own = tmp_path / "own.toml"
    own.write_text('[[eiland]]\nname = "Storm"\ndays = ["2029-11-23"]\n')
    await boards.set_holidays(installation, board, "eiland", own)
    shown = await boards.show_board(installation, board)
    assert shown["closed"] == [{"from": "2029-11-23", "to": "2029-11-23", "name": "Storm"}]
    typed = {"period_ending": boards.value_of("[15, 3]"), "region": boards.value_of("noord")}
    await boards.change_board(installation, board, typed)
    shown = await boards.show_board(installation, board)
    assert (shown["period_ending"], shown["region"]) == ([15, 3], "noord")


async def test_who_leaves_has_no_access_and_who_changes_has_other_roles(
    installation: Settings,
) -> None:
    board = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    made = await boards.add_person(installation, board, "Ellen Vos", ["advisor"], None, "nl")
    await boards.set_roles(installation, board, made["person"], ["hr", "auditor"])
    async with boards.opened(installation) as store:
        known = await store.by_token(made["token"])
        assert known is not None
        assert set(known.roles) == {"hr", "auditor"}
        assert await boards.leave(installation, board, made["person"]) == 1
        assert await store.by_token(made["token"]) is None
    with pytest.raises(BadBoard, match="no role director"):
        await boards.set_roles(installation, board, made["person"], ["director"])


async def test_a_person_signs_in_with_a_token_until_it_is_ended(installation: Settings) -> None:
    board = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    made = await boards.add_person(installation, board, "Ellen Vos", ["advisor"], None, "nl")
    listed = await boards.everyone(installation, board)
    assert listed == [{"person": made["person"], "name": "Ellen Vos", "roles": ["advisor"]}]
    async with boards.opened(installation) as store:
        known = await store.by_token(made["token"])
        assert known is not None
        assert known.id == made["person"]
        await boards.revoke_token(installation, made["token"])
        assert await store.by_token(made["token"]) is None
    with pytest.raises(BadBoard, match="not known"):
        await boards.revoke_token(installation, made["token"])


async def test_unknown_roles_languages_zones_and_ids_are_refused(installation: Settings) -> None:
    board = await boards.add_board(installation, "midden", "Europe/Amsterdam")
    with pytest.raises(BadBoard, match="no role director"):
        await boards.add_person(installation, board, "Ellen Vos", ["director"], None, "nl")
    with pytest.raises(BadBoard, match="nl or en"):
        await boards.add_person(installation, board, "Ellen Vos", ["advisor"], None, "fr")
    with pytest.raises(BadBoard, match="no time zone"):
        await boards.add_board(installation, "midden", "Europe/Nergens")
    with pytest.raises(BadBoard, match="is not an id"):
        await boards.show_board(installation, "de-windvaan")

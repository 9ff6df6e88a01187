"""Log keys are made once, kept for their owner only, and never lost by a rotation."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from events.audit.logkeys import LogKeys, MissingKey
from events.audit.note import parse_vkey
from events.store.errors import BadKeys


def test_the_name_of_a_log_comes_with_its_first_key() -> None:
    own, named = LogKeys.generate(), LogKeys.generate("traject.example/log")
    assert own.origin.startswith("traject/")
    assert len(own.origin) == len("traject/") + 8
    assert parse_vkey(named.vkeys[0]).name == "traject.example/log"
    assert own.with_next().origin == own.origin


def test_kept_as_they_were_and_for_their_owner(log_keys: LogKeys, tmp_path: Path) -> None:
    file = tmp_path / "log-keys.json"
    keys = log_keys.with_next().without_spent(log_keys.with_next().vkeys[0])
    keys.save(file)
    found = LogKeys.load(file)
    assert (found.origin, found.vkeys) == (keys.origin, keys.vkeys)
    for vkey in keys.vkeys:
        raw = [kept.private(vkey).private_bytes_raw() for kept in (keys, found)]
        assert raw[0] == raw[1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        LogKeys.generate().save(file)
    assert LogKeys.load(file).vkeys == keys.vkeys
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


def test_no_private_key_shows_where_keys_are_printed(log_keys: LogKeys) -> None:
    assert "rivate" not in repr(log_keys) + repr(log_keys.keys)


def test_one_key_after_another(log_keys: LogKeys, tmp_path: Path) -> None:
    first, second = (keys := log_keys.with_next()).vkeys
    assert (keys.after(first), keys.after(second)) == (second, None)
    assert keys.after("another") is None
    spent = keys.without_spent(second)
    with pytest.raises(MissingKey):
        spent.private(first)
    assert spent.private(second)
    file = tmp_path / "log-keys.json"
    spent.save(file)
    assert json.loads(file.read_text())["keys"][0]["private"] is None
    assert keys.without_spent(first).private(first)


@pytest.mark.parametrize("damage", ["[]", "{", '{"origin": "x", "keys": []}', '{"keys": 7}', ""])
def test_a_damaged_file_is_told(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "log-keys.json"
    file.write_text(damage)
    with pytest.raises(BadKeys, match=r"log-keys\.json"):
        LogKeys.load(file)


def test_a_key_of_another_log_or_another_key_is_told(log_keys: LogKeys, tmp_path: Path) -> None:
    file = tmp_path / "log-keys.json"
    other = LogKeys.generate()
    LogKeys(log_keys.origin, log_keys.keys + other.keys).save(file)
    with pytest.raises(BadKeys, match="several logs"):
        LogKeys.load(file)
    log_keys.with_next().save(file, replace=True)
    kept = json.loads(file.read_text())
    kept["keys"][0]["private"] = kept["keys"][1]["private"]
    file.write_text(json.dumps(kept))
    with pytest.raises(BadKeys, match="damaged"):
        LogKeys.load(file)


def test_a_missing_file_says_how_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadKeys, match="traject migrate --secrets"):
        LogKeys.load(tmp_path / "log-keys.json")

"""Processes that run take up what happens to the key file, and outlive its absence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from events.store.errors import BadKeys, Unsealable
from events.store.keyring import KeyRing
from events.store.keys import LinkKey, MasterKeys, new_dossier_key
from events.store.links import Links, SigningLink, link_key

TENANT, STREAM = str(uuid4()), str(uuid4())
FIRST = MasterKeys.generate("1")
SECOND = MasterKeys.generate("2").keys


@pytest.fixture
def file(tmp_path: Path) -> Path:
    FIRST.save(tmp_path / "keys.json")
    return tmp_path / "keys.json"


def test_a_replaced_file_counts_at_the_next_use(file: Path) -> None:
    ring, key = KeyRing.load(file), new_dossier_key()
    assert ring.now is ring.now
    both = replace(FIRST, keys={**FIRST.keys, **SECOND}, coming="2")
    name, wrapped = replace(both, current="2").wrap(key, TENANT, STREAM)
    with pytest.raises(Unsealable, match="2 is not among"):
        ring.unwrap(name, wrapped, TENANT, STREAM)
    both.replace(file)
    assert ring.unwrap(name, wrapped, TENANT, STREAM) == key
    assert ring.wrap(key, TENANT, STREAM)[0] == "1"
    replace(both, current="2", coming=None).replace(file)
    assert ring.wrap(key, TENANT, STREAM)[0] == "2"


def test_keys_without_a_file_stay(file: Path) -> None:
    ring = KeyRing.of(FIRST)
    assert ring.now is FIRST
    assert KeyRing.of(ring) is ring
    replace(FIRST, keys={**FIRST.keys, **SECOND}, current="2").replace(file)
    assert ring.now is FIRST


@pytest.mark.parametrize("text", [None, "", '{"current": "3", "keys": {}}'])
def test_a_file_that_cannot_be_read_changes_nothing(file: Path, text: str | None) -> None:
    ring = KeyRing.load(file)
    whole = file.read_text()
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    assert ring.now.current == "1"
    if text is not None:
        with pytest.raises(BadKeys):
            KeyRing.load(file)
    file.write_text(whole)
    assert ring.now == FIRST


def test_a_file_is_replaced_in_its_place_with_all_it_says(file: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.json"
    link.symlink_to(file)
    until = datetime(2027, 3, 1, 12, tzinfo=UTC)
    wanted = MasterKeys("2", SECOND, links={"1": LinkKey(link_key(FIRST.keys["1"]), until)})
    wanted.replace(link)
    assert MasterKeys.load(file) == wanted
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "keys.json"]
    with pytest.raises(OSError, match="absent"):
        wanted.replace(tmp_path / "absent")


def test_links_go_by_the_keys_of_the_moment(file: Path) -> None:
    links = Links(KeyRing.load(file))
    link = SigningLink(TENANT, STREAM, str(uuid4()), 3, datetime(2026, 12, 1, tzinfo=UTC))
    old = links.code(link)
    left = LinkKey(link_key(FIRST.keys["1"]), datetime.now(UTC) + timedelta(days=15))
    MasterKeys("2", SECOND, links={"1": left}).replace(file)
    assert links.code(link) != old
    assert links.read(old) == links.read(links.code(link)) == link
    MasterKeys("2", SECOND).replace(file)
    assert links.read(old) is None
    assert links.read(links.code(link)) == link


def test_a_coming_key_has_to_be_there(file: Path) -> None:
    with pytest.raises(ValueError, match="no master key named 2"):
        replace(FIRST, coming="2")

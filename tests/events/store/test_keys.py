"""Master keys wrap dossier keys and live in a file of their own; bodies open in one place only."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from events.store.errors import BadKeys, Unsealable
from events.store.keys import MasterKeys, new_dossier_key
from events.store.sealing import Seal, canonical

TENANT, STREAM = str(uuid4()), str(uuid4())


def test_wrapped_key_comes_back_in_its_place_only() -> None:
    masters, key = MasterKeys.generate(), new_dossier_key()
    name, wrapped = masters.wrap(key, TENANT, STREAM)
    assert key not in wrapped
    assert masters.unwrap(name, wrapped, TENANT, STREAM) == key
    for tenant, stream in ((TENANT, str(uuid4())), (str(uuid4()), STREAM)):
        with pytest.raises(Unsealable):
            masters.unwrap(name, wrapped, tenant, stream)
    with pytest.raises(Unsealable):
        MasterKeys.generate().unwrap(name, wrapped, TENANT, STREAM)


def test_older_master_still_unwraps() -> None:
    old, key = MasterKeys.generate("old"), new_dossier_key()
    name, wrapped = old.wrap(key, TENANT, STREAM)
    both = MasterKeys("new", {**old.keys, **MasterKeys.generate("new").keys})
    assert both.unwrap(name, wrapped, TENANT, STREAM) == key
    assert both.wrap(key, TENANT, STREAM)[0] == "new"
    with pytest.raises(Unsealable, match="old is not among"):
        MasterKeys.generate("new").unwrap(name, wrapped, TENANT, STREAM)


def test_key_file(tmp_path: Path) -> None:
    masters, path = MasterKeys.generate(), tmp_path / "keys.json"
    masters.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert MasterKeys.load(path) == masters
    assert masters.keys["1"].hex() not in repr(masters)
    with pytest.raises(FileExistsError):
        MasterKeys.generate().save(path)
    assert MasterKeys.load(path) == masters
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OSError, match="absent"):
        MasterKeys.load(tmp_path / "absent")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"current": "1", "keys": {}}',
        '{"current": "1", "keys": {"1": "c2hvcnQ="}}',
        '{"current": "1", "ke',
    ],
)
def test_no_key_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(BadKeys, match="not a file of master keys") as refused:
        MasterKeys.load(path)
    assert str(path) in str(refused.value)


def test_a_key_file_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        MasterKeys.generate().save(tmp_path / "keys.json")
    assert list(tmp_path.iterdir()) == []


def test_body_opens_in_its_place_only() -> None:
    seal, id_ = Seal(new_dossier_key(), TENANT, STREAM), str(uuid4())
    body = seal.seal(id_, "Noted", b'{"note":"x"}')
    assert seal.open(id_, "Noted", body) == b'{"note":"x"}'
    assert seal.seal(id_, "Noted", b'{"note":"x"}') != body
    others = (
        (seal, str(uuid4()), "Noted", body),
        (seal, id_, "Opened", body),
        (seal, id_, "Noted", body[:-1] + bytes([body[-1] ^ 1])),
        (seal, id_, "Noted", b""),
        (Seal(seal.key, TENANT, str(uuid4())), id_, "Noted", body),
        (Seal(seal.key, str(uuid4()), STREAM), id_, "Noted", body),
        (Seal(new_dossier_key(), TENANT, STREAM), id_, "Noted", body),
    )
    for other, other_id, type_, bytes_ in others:
        with pytest.raises(Unsealable):
            other.open(other_id, type_, bytes_)


def test_canonical_json() -> None:
    assert canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(float("nan"))

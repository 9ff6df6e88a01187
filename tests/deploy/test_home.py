"""Commands find what `traject up` runs here, or say what to set."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.home import Home
from settings import BadSettings, Settings


def demo(folder: Path) -> Home:
    home = Home(Settings(data_folder=folder, installation="demo"))
    home.make()
    home.tell_how_to_join({"TEMPORAL_ADDRESS": "127.0.0.1:7", "POSTGRES_DSN": "postgresql://h/d"})
    return home


def test_a_command_joins_what_runs_here(tmp_path: Path) -> None:
    home = demo(tmp_path)
    joined = home.joined(Settings(data_folder=tmp_path, installation="demo"))
    assert joined.temporal == "127.0.0.1:7"
    assert joined.installation == "demo"


def test_servers_that_are_named_are_not_replaced(tmp_path: Path) -> None:
    home = demo(tmp_path)
    named = Settings(
        data_folder=tmp_path,
        installation="demo",
        temporal_address="other:1",
        postgres_dsn="postgresql://other/d",  # pyright: ignore[reportArgumentType]
    )
    assert home.joined(named).temporal == "other:1"


def test_another_installation_is_named(tmp_path: Path) -> None:
    demo(tmp_path)
    settings = Settings(data_folder=tmp_path, installation="production")
    with pytest.raises(BadSettings, match="Set TRAJECT_INSTALLATION=demo"):
        Home(settings).joined(settings)


def test_where_nothing_runs_the_settings_stay(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, installation="production")
    assert Home(settings).joined(settings) is settings

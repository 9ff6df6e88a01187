"""The command answers in sentences and exit codes, whatever it is given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks.documents import commands
from tests.conftest import Database

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "tests" / "scenarios" / "a-basic-level-reached.yaml"
WRONG = """
scenario: wrong
title: A step that is not answered as it says
process: supervision
people: {hr: {name: Saskia Polderman, roles: [hr]}}
steps:
  - {id: W1, at: 2026-01-06T09:00, by: hr, command: RequestTrajectory, data: {}, events: [X]}
"""


def traject(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("TRAJECT_")}
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *words],
        env=own | environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_wrong_calls_are_answered_with_2_and_the_usage() -> None:
    for words in (
        ["up", "--hlp"],
        ["nothing"],
        ["scenario", "run"],
        ["scenario", "run", "no.yaml"],
    ):
        done = traject(*words)
        assert done.returncode == 2, words
        assert "Usage:" in done.stderr
        assert "Traceback" not in done.stderr


def test_every_command_of_the_contract_is_there() -> None:
    assert {"up", "worker", "web", "migrate", "recover", "bench"} < {
        words[0] for words in commands()
    }
    assert ["scenario", "run"] in commands()


def test_bad_settings_are_a_sentence() -> None:
    done = traject("config", TRAJECT_HTTP_PORT="none")
    assert done.returncode == 1
    assert done.stderr.startswith("TRAJECT_HTTP_PORT: ")
    assert "Traceback" not in done.stderr


def test_config_is_masked_and_json() -> None:
    done = traject("config", "--json", TRAJECT_POSTGRES_DSN="postgresql://a:geheim@h/x")
    assert done.returncode == 0
    assert "geheim" not in done.stdout
    assert json.loads(done.stdout)["postgres_dsn"] == "postgresql://a:********@h/x"


def test_parts_say_what_is_missing() -> None:
    for part in ("migrate", "web", "worker"):
        done = traject(part, TRAJECT_HTTP_PORT="0")
        assert done.returncode == 1, part
        assert "TRAJECT_POSTGRES_DSN is not set" in done.stderr
        assert "Traceback" not in done.stderr


def test_server_that_does_not_answer_is_a_sentence() -> None:
    done = traject("migrate", TRAJECT_POSTGRES_DSN="postgresql://a:b@127.0.0.1:1/x")
    assert done.returncode == 1
    assert "does not answer" in done.stderr


async def test_migrate_says_what_it_did_and_can_be_repeated(database: Database) -> None:
    given = {"TRAJECT_POSTGRES_DSN": database.owner_dsn, "TRAJECT_INSTALLATION": "test"}
    done = traject("migrate", "--json", **given)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"applied": [], "made": []})
    other = traject("migrate", **given | {"TRAJECT_INSTALLATION": "production"})
    assert other.returncode == 1
    assert "marked test" in other.stderr


def test_scenarios_pass_or_name_the_step(folder: Path) -> None:
    done = traject("scenario", "run", str(SCENARIO))
    assert done.returncode == 0
    assert done.stdout.strip().endswith("passed, 0 failed")
    (folder / "wrong.yaml").write_text(WRONG)
    done = traject("scenario", "run", str(SCENARIO), str(folder / "wrong.yaml"), "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert answer["failed"] == 1
    assert "W1" in answer["failures"][0]


@pytest.mark.parametrize("text", ["", "a: [", "steps: 1"])
def test_file_that_is_no_scenario_is_a_sentence(folder: Path, text: str) -> None:
    (folder / "none.yaml").write_text(text)
    done = traject("scenario", "run", str(folder / "none.yaml"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "none.yaml" in done.stderr

"""How long fifty people wait who look at pages and record things at the same time."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from tests.benchmarks.figure import Figure, Goal, measures
from tests.benchmarks.stage import Person, Stage, say, stage
from tests.web.conftest import opens_pages

LASTING = "BENCH_SECONDS"
DEFAULT = 300
PEOPLE = 50
CASES = 25
ADVISORS = 10
OFFICE = (("hr", 6), ("coordinator", 6), ("auditor", 3))
"""With an advisor for some cases each and a teacher for every case they are fifty."""
LOCUSTFILE = Path(__file__).parent / "at_work" / "locustfile.py"
MOST_MS = 500


class Failed(Exception):
    """Somebody was answered with an error."""


@measures("people-at-work")
async def people_at_work() -> Sequence[Figure]:
    """The 95th percentile of all answers, of the whole product on this machine's cores.

    BENCH_SECONDS says how long they work, five minutes unless it does. Locust runs on the same
    cores. Raises Failed where one answer was an error.
    """
    seconds = int(os.environ.get(LASTING, DEFAULT))
    async with stage({"TRAJECT_INSTALLATION": "test"}) as made:
        people = await _people(made)
        with tempfile.TemporaryDirectory(prefix="traject-at-work-") as folder:
            file = Path(folder) / "people.json"
            file.write_text(json.dumps(people), encoding="utf-8")
            host = f"http://127.0.0.1:{made.product.http_port}"
            entries = await _locust(file, host, seconds)
            errors = file.with_suffix(".errors")
            for error in errors.read_text().splitlines() if errors.exists() else ():
                say(error)
    times: Counter[float] = Counter()
    for entry in entries:
        times.update({float(ms): n for ms, n in entry["response_times"].items()})
        say(
            f"{entry['method']} {entry['name']}: {entry['num_requests']} times,"
            f" p95 {_percentile(_times(entry), 95):.0f} ms, {entry['num_failures']} failed"
        )
    failed = sum(entry["num_failures"] for entry in entries)
    if failed or not times:
        raise Failed(f"{failed} of {sum(times.values())} answers were errors")
    say(f"{sum(times.values()) / seconds:.1f} answers a second")
    late = _percentile(times, 95)
    return [Goal("<=", MOST_MS, absolute=True).figure("people-at-work", late, "ms")]


async def _people(made: Stage) -> list[dict[str, Any]]:
    """Everybody, with a session and the cases they look into."""
    advisors = [await made.person(f"Adviseur {n}", ["advisor"]) for n in range(ADVISORS)]
    work: list[tuple[str, Person, list[str]]] = []
    cases: dict[str, list[str]] = {one.id: [] for one in advisors}
    for number in range(CASES):
        advisor = made.people["advisor"] = advisors[number % ADVISORS]
        case = await made.in_guidance()
        cases[advisor.id].append(case.id)
        work.append(("teacher", case.teacher, [case.id]))
    work += [("advisor", one, cases[one.id]) for one in advisors]
    everything = [id_ for ids in cases.values() for id_ in ids]
    for role, count in OFFICE:
        for number in range(count):
            work.append((role, await made.person(f"{role} {number}", [role]), everything))
    found: list[dict[str, Any]] = []
    for role, person, ids in work[:PEOPLE]:
        key = token_urlsafe(24)
        row = await made.store.by_token(person.token)
        assert row is not None
        await opens_pages(made.store, row, key)
        found.append({"key": key, "role": role, "cases": ids})
    return found


async def _locust(people: Path, host: str, seconds: int) -> list[dict[str, Any]]:
    """What locust says of each kind of answer."""
    command = [
        *(sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--host", host),
        *("-u", str(PEOPLE), "-r", "10", "-t", f"{seconds}s", "--json", "--only-summary"),
        *("--loglevel", "ERROR", "--exit-code-on-error", "0"),
    ]
    environment = os.environ | {"AT_WORK": str(people)}
    locust = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    told, _ = await locust.communicate()
    return json.loads(told)


def _times(entry: dict[str, Any]) -> Counter[float]:
    return Counter({float(ms): n for ms, n in entry["response_times"].items()})


def _percentile(times: Counter[float], percent: float) -> float:
    """The time within which that part of all answers came."""
    left = percent / 100 * sum(times.values())
    for ms in sorted(times):
        left -= times[ms]
        if left <= 0:
            return ms
    return 0.0

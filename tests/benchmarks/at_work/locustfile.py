"""People who look at pages and fill in forms, each at a pace of their own."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
from pathlib import Path
from typing import Any

from locust import HttpUser, between, events, task

PEOPLE: list[dict[str, Any]] = json.loads(Path(os.environ["AT_WORK"]).read_text(encoding="utf-8"))
_turns = itertools.cycle(PEOPLE)
_KEY = re.compile(r'name="key" value="([^"]+)"')
OF_ROLE = {
    "hr": ("/supervision", "/dashboard", "/supervision?show=open", "/administration/people"),
    "coordinator": ("/supervision", "/dashboard", "/tasks"),
    "advisor": ("/tasks", "/agenda", "/supervision"),
    "teacher": ("/agenda", "/supervision"),
    "auditor": ("/audit", "/audit/search?kind=commands", "/supervision"),
}
COMMANDS = {
    "advisor": ("LogHours", {"intervention": "intake", "hours": "0,25"}),
    "teacher": ("ReportTimetableChange", {"change": "Rekenen en taal wisselen van uur"}),
}


@events.request.add_listener
def _keep(name: str, exception: Exception | None = None, **_: Any) -> None:
    """What went wrong, a line each: the figures only count it."""
    if exception is not None:
        with Path(os.environ["AT_WORK"]).with_suffix(".errors").open("a") as errors:
            errors.write(f"{name}: {exception!r}\n")


class AtWork(HttpUser):
    """One of the people: looks at the first page often, at cases, and now and then records."""

    wait_time = between(2, 6)

    def on_start(self) -> None:
        self.me = next(_turns)
        self.chance = random.Random(self.me["key"])
        self.client.cookies.set("traject_session", self.me["key"])
        self.client.headers["Accept-Language"] = "nl"

    @task(4)
    def home(self) -> None:
        self.client.get("/")

    @task(3)
    def lists(self) -> None:
        self.client.get(self.chance.choice(OF_ROLE[self.me["role"]]))

    @task(5)
    def case(self) -> None:
        case = self.chance.choice(self.me["cases"])
        self.client.get(f"/supervision/{case}", name="/supervision/{id}")

    @task(2)
    def record(self) -> None:
        if self.me["role"] not in COMMANDS:
            self.case()
            return
        command, data = COMMANDS[self.me["role"]]
        path = f"/supervision/{self.chance.choice(self.me['cases'])}/do/{command}"
        name = f"/supervision/{{id}}/do/{command}"
        form = self.client.get(path, name=name)
        found = _KEY.search(form.text)
        if found is None:
            return
        sent = {"key": found[1], **data}
        headers = {"Sec-Fetch-Site": "same-origin"}
        with self.client.post(
            path, sent, name=f"{name} (sent)", headers=headers, catch_response=True
        ) as answer:
            if "?done=" not in str(answer.url):
                answer.failure(f"not recorded: {answer.status_code}")

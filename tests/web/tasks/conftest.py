"""The example board with trajectories on the way, and a process that takes commands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from deploy.demo.examples import Step, person_id
from deploy.embedded.postgres import EmbeddedPostgres
from tests.skipping import SkippingTemporal
from tests.web.conftest import CONSENT, GOAL, INTAKE, OBSERVATIONS
from tests.web.example_board import ExampleBoard
from tests.web.example_site import ExampleSite, example_site
from tests.web.working import working
from workflows.supervision.workflow import SupervisionProcess

Taken = tuple[str, str, dict[str, Any]]


class OnTheWay(ExampleBoard):
    """With a trajectory before its diagnosis visit, and one whose visit waits to be rated."""

    def __init__(self) -> None:
        super().__init__()
        self.ids["diagnosis"] = self._begun("thijs", _prepared(self, "thijs"))
        guided = [*_prepared(self, "samira"), *_guided(self)]
        self.ids["rating"] = self._begun("samira", guided)

    def day(self) -> str:
        return self.engine.now.date().isoformat()

    def _begun(self, teacher: str, steps: Iterable[Taken]) -> str:
        request = {
            "teacher": person_id(teacher),
            "client": person_id("hendrik"),
            "manager": person_id("petra"),
            "school": "De Windvaan",
            "concerns": [{"concern": "C1", "text": "Onrust bij leswissels"}],
        }
        first = Step("saskia", "RequestTrajectory", request, str(uuid4()))
        rest = [Step(by, command, data, str(uuid4())) for by, command, data in steps]
        return self._led("supervision", [first, *rest])


def _prepared(board: OnTheWay, teacher: str) -> list[Taken]:
    day, client = board.day(), {"client": person_id("hendrik")}
    year = int(day[:4]) + 1
    return [
        ("rik", "AcceptRequest", {"hourly_rate": "118.00"}),
        ("rik", "AssignAdvisor", {"advisor": person_id("ellen")}),
        ("ellen", "RecordIntake", INTAKE),
        ("ellen", "AgreePeriod", {"from": day, "to": f"{year}-12-31", **client}),
        ("ellen", "AgreeVisitMode", {"mode": "both", **client}),
        (teacher, "RecordTeacherConsent", {"items": CONSENT}),
        ("ellen", "PlanDiagnosisVisit", {"at": f"{day}T08:30", "announced": True}),
    ]


def _guided(board: OnTheWay) -> list[Taken]:
    day, client = board.day(), {"client": person_id("hendrik")}
    finding = {"goal": "G1", "seen": "partly", "example": "om 10:05 klonk het signaal"}
    return [
        ("ellen", "RecordDiagnosisVisit", {"observations": OBSERVATIONS}),
        ("ellen", "DraftGoal", GOAL),
        ("ellen", "RecordClientConsultation", {"version": 1, **client}),
        ("ellen", "DraftGoal", {**GOAL, "goal": "G2", "text": "De instructie is kort"}),
        ("ellen", "RewordGoal", {"goal": "G1", "text": "Eén vast signaal", "single": True}),
        ("ellen", "RecordClientConsultation", {"version": 3, "remark": "akkoord", **client}),
        ("ellen", "FixGoalList", {}),
        ("ellen", "PlanVisit", {"visit": "V1", "at": f"{day}T10:30", "announced": True}),
        ("ellen", "RecordVisit", {"visit": "V1", "findings": [finding]}),
        ("ellen", "PlanVisit", {"visit": "V2", "at": f"{day}T13:30", "announced": True}),
        ("ellen", "PlanVisit", {"visit": "Geheim", "at": f"{day}T14:15", "announced": False}),
    ]


@pytest.fixture(scope="package")
async def desk(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[ExampleSite]:
    takes = partial(working, temporal_env, [SupervisionProcess])
    async with example_site(postgres, logins, working=takes, board=OnTheWay()) as site:
        yield site

"""What a form says, as the data of a command: blanks, Dutch numbers, rows and keys."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from web.api.problems import field_faults
from web.forms.decoding import Sent, data_of, decoded
from workflows.partners.commands import SetAvailability
from workflows.supervision.commands import (
    AgreePeriod,
    CorrectHours,
    DraftFinalReport,
    EstimateScope,
    PlanVisit,
    RecordDiagnosisVisit,
    RecordIntake,
    RecordVisit,
    SubmitSelfAssessment,
)


@pytest.mark.parametrize(
    ("model", "sent", "data"),
    [
        (AgreePeriod, {"from": "2026-02-01", "to": " ", "key": "x"}, {"from": "2026-02-01"}),
        (AgreePeriod, {"from": "1-2-2026"}, {"from": "2026-02-01"}),
        (EstimateScope, {"visits": "4", "hours": "1.012,50"}, {"visits": 4, "hours": "1012.50"}),
        (EstimateScope, {"client_agrees": ["false", "true"]}, {"client_agrees": True}),
        (EstimateScope, {"client_agrees": "false"}, {"client_agrees": False}),
        (EstimateScope, {"visits": "vier"}, {"visits": "vier"}),
        (
            PlanVisit,
            {"visit": " V1 ", "at": "2026-02-01T08:30:00", "announced": "true", "link": "7"},
            {"visit": "V1", "at": "2026-02-01T08:30", "announced": True},
        ),
        (PlanVisit, {"at": "1/2/2026 8.30"}, {"at": "2026-02-01T08:30"}),
        (CorrectHours, {"hours": "0,25"}, {"hours": "0.25"}),
        (
            RecordIntake,
            {"present": ["teacher", "advisor"], "agreements.0": "", "agreements.2": "Een\r\nTwee"},
            {"present": ["teacher", "advisor"], "agreements": ["Een\nTwee"]},
        ),
        (
            RecordIntake,
            {"agreements.1": "Een", "agreements.²": "Twee", f"agreements.{'9' * 5000}": "Drie"},
            {"agreements": ["Een"]},
        ),
        (
            RecordVisit,
            {"findings.1.goal": "G2", "findings.1.seen": "seen", "findings.0.goal": "G1"},
            {"findings": [{"goal": "G1"}, {"goal": "G2", "seen": "seen"}]},
        ),
        (
            SubmitSelfAssessment,
            {"ratings.G1.1": "reached", "ratings.G2": "", "ratings.": "partly"},
            {"ratings": {"G1.1": "reached"}},
        ),
        (
            RecordDiagnosisVisit,
            {"observations.lesson_change.seen": "true", "observations.lesson_change.note": ""},
            {"observations": {"lesson_change": {"seen": True}}},
        ),
        (
            DraftFinalReport,
            {"sections.process": "Goed", "sections.results": " ", "overall": "sufficient"},
            {"sections": {"process": "Goed"}, "overall": "sufficient"},
        ),
        (
            SetAvailability,
            {"windows.3.day": "mon", "windows.3.from": "9.00", "windows.3.to": "12:30"},
            {"windows": [{"day": "mon", "from": "09:00", "to": "12:30"}]},
        ),
    ],
)
def test_what_was_filled_in_becomes_data(model: Any, sent: Sent, data: dict[str, Any]) -> None:
    assert data_of(model, sent) == data


def test_a_fault_is_told_at_the_field_that_was_filled_in() -> None:
    read = decoded(
        RecordVisit,
        {"visit": "V1", "findings.0.goal": "", "findings.4.goal": "G2", "findings.7.goal": "G3"},
    )
    with pytest.raises(ValidationError) as refused:
        RecordVisit.model_validate(read.data)
    faults = read.at_form(field_faults(refused.value))
    assert [(fault.field, fault.kind) for fault in faults] == [
        ("findings.4.seen", "missing"),
        ("findings.7.seen", "missing"),
    ]

"""Where something that waits is done: the form of the command that fulfils it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

_AGREED = {
    "draft_agreement": "DraftAgreement",
    "handover": "CompleteHandover",
    "sign": "SignAgreement",
}

COMMAND_OF: Mapping[str, Mapping[str, str]] = {
    "supervision": {
        "accept": "AcceptRequest",
        "assign_advisor": "AssignAdvisor",
        "intake": "RecordIntake",
        "consent": "RecordTeacherConsent",
        "diagnosis": "RecordDiagnosisVisit",
        "consultation": "RecordClientConsultation",
        "goal_list": "FixGoalList",
        "self_assessment": "SubmitSelfAssessment",
        "talk": "RecordFollowUpTalk",
        "report": "IssueFinalReport",
        "response": "AddTeacherResponse",
        "receipt": "ConfirmReceipt",
        "suspended_long": "Resume",
    },
    "assessments": {
        "assign_assessor": "AssignAssessor",
        "plan": "SetPlan",
        "start": "StartAssessment",
        "hearing": "HearTeacher",
        "assessment": "IssueAssessment",
        "close": "CloseAssessment",
    },
    "internships": {
        **_AGREED,
        "approve": "ApproveInternship",
        "match_host": "MatchHost",
        "name_supervisor": "NameHostSupervisor",
        "signatures": "SignAgreement",
        "start": "StartInternship",
        "attendance": "RecordHalfDay",
        "evaluate": "SubmitEvaluation",
        "sharing": "ShareOutcome",
        "close": "CloseInternship",
    },
    "placements": {
        **_AGREED,
        "offer": "OfferPlace",
        "answer": "AcceptPlace",
        "assign_mentor": "AssignMentor",
        "record_vog": "RecordVog",
        "signatures": "SignAgreement",
        "start": "StartPlacement",
        "start_talk": "RecordStartTalk",
        "progress_talk": "RecordProgressTalk",
        "three_party_talk": "RecordThreePartyTalk",
        "final_talk": "RecordFinalTalk",
        "advise": "AdviseAssessment",
        "final_assessment": "DecideAssessment",
        "cosign": "CosignAssessment",
        "complete": "CompletePlacement",
    },
    "partners": {
        "assess_fit": "AssessFit",
        "activate": "ActivatePartner",
        "successor": "AssignCoordinator",
        "school_leader": "ReplaceSchoolLeader",
        "handover": "CompleteHandover",
        "agreement_ending": "RecordAgreement",
        "relation_care": "LogContactMoment",
        "dormancy": "LogContactMoment",
    },
}
"""By process and task. What is not here has more than one way, and is done on the case's page."""

_NAMED = {"self_assessment": "visit", "talk": "visit", "handover": "task"}
"""The field of the form that says which one is meant, as in ``talk:V2``."""


def href(process: str, stream: str, task: str, case: Mapping[str, Any] | None = None) -> str:
    """The form of what waits, with what it is about filled in; else the page of the case.

    ``case`` is the row of the case: an intake for which there is no advisor yet waits for one.
    """
    kind, _, name = task.partition(":")
    command = COMMAND_OF.get(process, {}).get(kind)
    if command == "RecordIntake" and case and case.get("advisor", "") is None:
        command = COMMAND_OF[process]["assign_advisor"]
    if command is None:
        return f"/{process}/{stream}"
    field = _NAMED.get(kind)
    about = f"?{field}={quote(name)}" if field and name else ""
    return f"/{process}/{stream}/do/{command}{about}"

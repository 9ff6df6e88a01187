"""What somebody may do in a case now, in the order in which it is likely to be wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

FIRST: Mapping[str, tuple[str, ...]] = {
    "accept": ("AcceptRequest", "DeclineRequest"),
    "assign_advisor": ("AssignAdvisor",),
    "intake": ("RecordIntake", "PlanIntake"),
    "consent": ("RecordTeacherConsent",),
    "diagnosis": ("RecordDiagnosisVisit", "PlanDiagnosisVisit"),
    "consultation": ("RecordClientConsultation", "DraftGoal"),
    "goal_list": ("FixGoalList", "DraftGoal", "RecordClientConsultation"),
    "self_assessment": ("SubmitSelfAssessment",),
    "talk": ("RecordFollowUpTalk", "PlanFollowUpTalk"),
    "stalled": ("PlanVisit", "RecordVisit"),
    "period_ending": ("DraftFinalReport", "ExtendPeriod"),
    "report": ("IssueFinalReport", "DraftFinalReport"),
    "response": ("AddTeacherResponse",),
    "response_term": ("AddTeacherResponse",),
    "receipt": ("ConfirmReceipt",),
    "decide": ("CloseTrajectory", "EscalateTrajectory"),
    "suspended_long": ("Resume",),
    "approve": ("ApproveInternship",),
    "match_host": ("MatchHost",),
    "name_supervisor": ("NameHostSupervisor",),
    "draft_agreement": ("DraftAgreement",),
    "sign": ("SignAgreement",),
    "start": ("StartInternship", "StartPlacement", "StartAssessment"),
    "attendance": ("RecordHalfDay",),
    "evaluate": ("SubmitEvaluation",),
    "sharing": ("ShareOutcome",),
    "close": ("CloseInternship", "CloseAssessment"),
    "handover": ("CompleteHandover",),
    "offer": ("OfferPlace",),
    "answer": ("AcceptPlace", "DeclineOffer"),
    "assign_mentor": ("AssignMentor",),
    "record_vog": ("RecordVog",),
    "start_talk": ("RecordStartTalk", "PlanTalk"),
    "progress_talk": ("RecordProgressTalk", "PlanTalk"),
    "three_party_talk": ("RecordThreePartyTalk", "PlanTalk"),
    "final_talk": ("RecordFinalTalk", "PlanTalk"),
    "advise": ("AdviseAssessment",),
    "final_assessment": ("DecideAssessment",),
    "cosign": ("CosignAssessment",),
    "complete": ("CompletePlacement",),
    "assign_assessor": ("AssignAssessor",),
    "plan": ("SetPlan",),
    "hearing": ("HearTeacher",),
    "assessment": ("IssueAssessment",),
    "assess_fit": ("AssessFit",),
    "activate": ("ActivatePartner",),
    "relation_care": ("LogContactMoment",),
    "successor": ("AssignCoordinator",),
    "school_leader": ("ReplaceSchoolLeader",),
    "agreement_ending": ("RecordAgreement",),
    "dormancy": ("LogContactMoment", "MarkDormant"),
}
"""By a task or a step: the commands that settle it, the most likely first."""

RARE = frozenset({
    "AbortTrajectory", "AmendAgreement", "ApproveErasure", "CancelInternship", "CancelVisit",
    "ChangeRoute", "CorrectHours", "CorrectRecord", "DeclineErasure", "DropGoal", "EndContact",
    "EndInternshipEarly", "EndPartner", "EndPlacementEarly", "EscalateTrajectory", "ExtendPeriod",
    "HandOver", "InterruptPlacement", "LiftLegalHold", "LiftRestriction", "MarkDormant",
    "MergePartners", "PlaceLegalHold", "RecordTeacherConsent", "RefuseConsent", "RejectRequest",
    "ReplaceAdvisor", "ReplaceHostContact", "ReplaceHostSupervisor", "ReplaceInstituteTrainer",
    "ReplaceMentor", "ReplaceSchoolLeader", "ReplaceSchoolTrainer", "RequestErasure",
    "RequestFreshLink", "RestrictProcessing", "RevokeSigningLink", "SendSigningLink", "Suspend",
    "TransferPlacement", "WithdrawAssessment", "WithdrawConsent", "WithdrawPlacement",
})  # fmt: skip
"""What is seldom wanted, and stands apart unless a task asks for it."""

OFTEN = (
    "RecordVisit", "RecordFollowUpTalk", "PlanVisit", "PlanFollowUpTalk", "LogHours",
    "RecordHalfDay", "RecordLessonVisit", "LogContactMoment", "PlanRelationCare",
    "RegisterGuidanceHours", "ReportTimetableChange",
)  # fmt: skip
"""What is done more than once in a case, the most wanted first."""

WITHIN: Mapping[str, str] = {"RewordGoal": "DraftGoal", "DropGoal": "DraftGoal"}
"""What is done on the page of another command, where the row it is about can be seen."""

MAIN = 4
"""So many stand in sight where no task asks for more."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The commands that are open to somebody: those in sight, further ones, and seldom ones."""

    main: Sequence[str] = ()
    more: Sequence[str] = ()
    rare: Sequence[str] = ()


def settled_by(task: str) -> set[str]:
    """The commands that settle a task or a step."""
    return set(FIRST.get(task.partition(":")[0], ()))


def instead_of(command: str, offered: Collection[str]) -> list[str]:
    """What settles the same as a command that cannot be given now, or comes before it."""
    found = [
        other
        for commands in FIRST.values()
        if command in commands
        for other in commands
        if other != command and other in offered
    ]
    return list(dict.fromkeys(found))


def ways(offered: Sequence[str], tasks: Sequence[str], here: Sequence[str] = ()) -> Ways:
    """Sorts what is offered; ``tasks`` wait for this person, ``here`` have their form in sight."""
    open_ = [
        command for command in offered if command not in here and WITHIN.get(command) not in offered
    ]
    asked = [
        command
        for task in tasks
        for command in FIRST.get(task.partition(":")[0], ())
        if command in open_
    ]
    asked = list(dict.fromkeys(asked))
    usual = [command for command in open_ if command not in RARE and command not in asked]
    usual.sort(key=lambda command: OFTEN.index(command) if command in OFTEN else len(OFTEN))
    main = asked or usual[:MAIN]
    return Ways(
        main,
        [command for command in usual if command not in main],
        [command for command in open_ if command in RARE and command not in main],
    )

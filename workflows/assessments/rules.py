"""Rules of an assessment trajectory: another assessor than the advisor, the teacher is heard."""

from __future__ import annotations

from events.assessments import facts as f
from events.assessments.state import Assessment, evolve
from events.assessments.views import case_roles
from workflows.assessments import commands as c
from workflows.decision import Decision, Refused
from workflows.ruling import Case
from workflows.steps import Step
from workflows.table import Table
from workflows.telling import telling

UNISSUED = frozenset({"opened", "plan_set", "running"})
PLANNING = frozenset({"opened", "plan_set"})

STEPS = {
    c.AssignAssessor: Step(("hr",), UNISSUED),
    c.SetPlan: Step(("hr", "assessor"), PLANNING),
    c.StartAssessment: Step(("assessor",), frozenset({"plan_set"})),
    c.HearTeacher: Step(("assessor",), frozenset({"running"})),
    c.IssueAssessment: Step(("assessor",), frozenset({"running"})),
    c.CloseAssessment: Step(("hr",), frozenset({"assessed"})),
    c.WithdrawAssessment: Step(("hr",), UNISSUED | {"assessed"}),
}


def assign(case: Case[Assessment], command: c.AssignAssessor) -> Decision:
    opened = case.state.opened
    assert opened is not None
    named = (opened.teacher, opened.manager, opened.client, opened.mandate)
    if command.assessor in (*named, case.state.assessor):
        raise Refused("command.invalid", "assessor")
    if command.assessor == opened.advisor:
        raise Refused("assessor.same_as_advisor", "assessor")
    return case.accept(f.AssessorAssigned(assessor=command.assessor, previous=case.state.assessor))


def set_plan(case: Case[Assessment], command: c.SetPlan) -> Decision:
    if case.state.assessor is None:
        raise Refused("assessor.missing")
    start, end = command.from_, command.to
    if start is None or end is None or end <= start:
        raise Refused("period.invalid", "from" if start is None else "to")
    return case.accept(f.AssessmentPlanSet(**{"from": start}, to=end))


def start(case: Case[Assessment], _command: c.StartAssessment) -> Decision:
    return case.accept(f.AssessmentStarted())


def hear(case: Case[Assessment], command: c.HearTeacher) -> Decision:
    day = case.day(command.date)
    heard = f.TeacherHeard(
        date=day, account=command.account, teacher_present=command.teacher_present
    )
    return case.accept(heard, on=day)


def issue(case: Case[Assessment], command: c.IssueAssessment) -> Decision:
    if not case.state.hearings:
        raise Refused("assessment.teacher_not_heard")
    return case.accept(f.AssessmentIssued(outcome=command.outcome, grounds=command.grounds))


def close(case: Case[Assessment], _command: c.CloseAssessment) -> Decision:
    return case.accept(f.AssessmentClosed())


def withdraw(case: Case[Assessment], command: c.WithdrawAssessment) -> Decision:
    return case.accept(f.AssessmentWithdrawn(reason=command.reason))


TABLE = Table[Assessment](
    commands=c.COMMANDS,
    steps=STEPS,
    rules={
        c.AssignAssessor: assign,
        c.SetPlan: set_plan,
        c.StartAssessment: start,
        c.HearTeacher: hear,
        c.IssueAssessment: issue,
        c.CloseAssessment: close,
        c.WithdrawAssessment: withdraw,
    },
    roles=case_roles,
    ripe={
        c.SetPlan: lambda state, _: state.assessor is not None,
        c.IssueAssessment: lambda state, _: state.hearings > 0,
    },
)

_TOLD = {
    "AssessorAssigned": ("assessor_assigned", ("assessor", "teacher", "manager")),
    "AssessmentPlanSet": ("assessment_plan_set", ("teacher", "manager", "assessor")),
    "TeacherHeard": ("teacher_heard", ("teacher",)),
    "AssessmentIssued": ("assessment_issued", ("teacher", "manager", "hr")),
    "AssessmentClosed": ("assessment_closed", ("teacher", "manager", "assessor")),
    "AssessmentWithdrawn": ("assessment_withdrawn", ("teacher", "manager", "assessor")),
}

notices = telling(evolve, _TOLD, {}, lambda state, part: state.parties.get(part))

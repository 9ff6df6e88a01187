"""What may happen to a pact: drafted, amended, signed, evaluated, ended."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt

from events.agreement import SigningLinkSent
from events.terms import ReminderSent
from tests.pacts.story import (
    PARTIES,
    STORY,
    AgreementAmended,
    AgreementDrafted,
    EvaluationSubmitted,
    Pact,
    PactEnded,
    PactOpened,
    TalkPlanned,
    case_roles,
    evolve,
)
from workflows.agreements import (
    RequestFreshLink,
    RevokeSigningLink,
    SendSigningLink,
    SignAgreement,
    Signing,
)
from workflows.decision import Command, Decision, Refused
from workflows.fields import Contact, Required, Teacher
from workflows.ruling import Case
from workflows.steps import Step
from workflows.table import Table
from workflows.telling import telling

OPEN = frozenset({"open"})
SIGNING = Signing(
    PARTIES,
    {"teacher": "teacher", "contact": "host"},
    asked=lambda state, party, _today: (
        "evaluation/1" in state.passed and party not in state.evaluated
    ),
)


class OpenPact(Command):
    teacher: Teacher
    contact: Contact
    host: str


class DraftAgreement(Command):
    goal: Required


class AmendAgreement(DraftAgreement):
    reason: Required


class AskEvaluation(Command):
    """What a deadline does in a real process."""


class SubmitEvaluation(Command):
    text: Required
    worth: Annotated[StrictInt, Field(ge=1, le=5)] | None = None


class PlanTalk(Command):
    """Without a time the talk is off."""

    talk: str
    at: str = ""


class EndPact(Command):
    pass


COMMANDS: dict[str, type[Command]] = {
    command.__name__: command
    for command in (
        OpenPact, DraftAgreement, AmendAgreement, SignAgreement, RequestFreshLink,
        SendSigningLink, RevokeSigningLink, AskEvaluation, SubmitEvaluation, PlanTalk, EndPact,
    )
}  # fmt: skip
STEPS: dict[type[Command], Step] = {
    OpenPact: Step(("coordinator",), frozenset({""})),
    DraftAgreement: Step(("coordinator",), OPEN),
    AmendAgreement: Step(("coordinator",), OPEN),
    SignAgreement: Step(("teacher", "contact"), OPEN),
    RequestFreshLink: Step(("contact",), OPEN),
    SendSigningLink: Step(("coordinator",), OPEN),
    RevokeSigningLink: Step(("coordinator",), OPEN),
    AskEvaluation: Step(("coordinator",), OPEN),
    SubmitEvaluation: Step(("teacher", "contact"), OPEN),
    PlanTalk: Step(("coordinator",), OPEN),
    EndPact: Step(("coordinator",), OPEN),
}


def draft(case: Case[Pact], command: DraftAgreement) -> Decision:
    if case.state.agreement is not None:
        raise Refused("state.not_allowed")
    return case.accept(AgreementDrafted(version=1, goal=command.goal, hours={"teacher": 8}))


def amend(case: Case[Pact], command: AmendAgreement) -> Decision:
    if case.state.agreement is None:
        raise Refused("state.not_allowed")
    number = case.state.agreement.number + 1
    text = {"goal": command.goal, "hours": {"teacher": 8}, "reason": command.reason}
    return case.accept(AgreementAmended.model_validate({"version": number, **text}))


def ask(case: Case[Pact], _command: AskEvaluation) -> Decision:
    due = case.today.isoformat()
    return case.accept(ReminderSent(timer="evaluation", due=due, moment="1", to=("host",)))


def evaluate(case: Case[Pact], command: SubmitEvaluation) -> Decision:
    party = SIGNING.party_of[case.role]
    if "evaluation/1" not in case.state.passed or party in case.state.evaluated:
        raise Refused("state.not_allowed")
    return case.accept(EvaluationSubmitted(party=party, text=command.text, worth=command.worth))


TABLE = Table[Pact](
    commands=COMMANDS,
    steps=STEPS,
    rules={
        OpenPact: lambda case, command: case.accept(PactOpened(**command.model_dump())),
        DraftAgreement: draft,
        AmendAgreement: amend,
        SignAgreement: SIGNING.sign,
        RequestFreshLink: SIGNING.fresh_link,
        SendSigningLink: SIGNING.send_link,
        RevokeSigningLink: SIGNING.revoke_link,
        AskEvaluation: ask,
        SubmitEvaluation: evaluate,
        PlanTalk: lambda case, command: case.accept(TalkPlanned(**command.model_dump())),
        EndPact: lambda case, _command: case.accept(PactEnded()),
    },
    roles=case_roles,
    subjects=frozenset({"teacher"}),
)

_TOLD = {
    "AgreementDrafted": ("agreement_to_sign", PARTIES),
    "AgreementAmended": ("agreement_to_sign", PARTIES),
    SigningLinkSent.__name__: ("signing_link", ("host",)),
    ReminderSent.__name__: ("evaluation_due", ("host",)),
}

RULES = TABLE.rules_of(
    STORY,
    opening="OpenPact",
    notices=telling(evolve, _TOLD, {}, lambda state, party: state.parties.get(party)),
)

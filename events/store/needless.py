"""Which mail is no longer needed by the time it may leave: it waits for the morning, for a digest.

What somebody has a right to hear stands in none of these tables and is always sent: how a case
ended, what was found or decided about a person, consent that was refused or withdrawn, a response,
who takes over a part, and all of stewardship.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OVER = frozenset(
    {
        # What is asked, planned or due.
        "intake_planned",
        "consent_requested",
        "diagnosis_visit_planned",
        "visit_planned",
        "visit_rescheduled",
        "talk_planned",
        "timetable_clash",
        "timetable_changed",
        "placement_talk_planned",
        "three_party_talk_due",
        "relation_care_due",
        "dormancy_proposed",
        "successor_needed",
        "handover",
        "agreement_ending",
        "self_assessment_due",
        "receipt_due",
        "stalled",
        "period_ending",
        "suspended_long",
        "overdue",
        "agreement_to_sign",
        "signing_link",
        "signature_due",
        "signatures_missing",
        "evaluation_due",
        "sharing_due",
        # How far it was.
        "trajectory_requested",
        "trajectory_accepted",
        "advisor_assigned",
        "goals_consulted",
        "goal_list_fixed",
        "report_drafted",
        "suspended",
        "resumed",
        "internship_proposed",
        "internship_approved",
        "host_matched",
        "supervisor_named",
        "fresh_link_sent",
        "internship_started",
        "half_day_missed",
        "placement_requested",
        "place_offered",
        "place_accepted",
        "offer_declined",
        "mentor_assigned",
        "placement_started",
        "placement_resumed",
        "partner_registered",
        "partner_activated",
        "contact_left",
        "coordinator_assigned",
        "standing_in",
        "assessor_assigned",
        "assessment_plan_set",
    }
)
"""Kinds that mean nothing any more once the case has ended (contract 3, Deadlines)."""

CALLS_OFF: Mapping[str, frozenset[str] | None] = {
    "visit_cancelled": frozenset({"visit_planned", "visit_rescheduled"}),
    "placement_interrupted": None,
}
"""Kinds whose mail takes out of a calendar what another one put in: which ones (None: any).

Of a case that ended they are sent to who may have got one of those. What is still planned when a
case ends, the mail about its end takes out.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Types of events by which somebody gave what was asked; ``own``: the reader did."""

    own: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()


_REDRAFTED = frozenset({"AgreementDrafted", "AgreementAmended"})
"""Each asks anew by a mail of its own."""
_SIGNED = Answer(frozenset({"AgreementSigned"}), _REDRAFTED)

ANSWERS: Mapping[str, Answer] = {
    "trajectory_requested": Answer(any=frozenset({"TrajectoryAccepted", "TrajectoryDeclined"})),
    "consent_requested": Answer(any=frozenset({"TeacherConsentRecorded", "TeacherConsentRefused"})),
    "receipt_due": Answer(own=frozenset({"FinalReportReceived"})),
    "placement_requested": Answer(any=frozenset({"PlaceOffered", "PlacementRejected"})),
    "place_offered": Answer(own=frozenset({"PlaceAccepted", "OfferDeclined"})),
    "signature_due": _SIGNED,
    "signing_link": Answer(frozenset({"AgreementSigned", "EvaluationSubmitted"}), _REDRAFTED),
    "evaluation_due": Answer(own=frozenset({"EvaluationSubmitted"})),
    "sharing_due": Answer(any=frozenset({"OutcomeShared"})),
}
"""Kinds that ask for something, and what answers them.

Not here: what is asked of one visit, task or term among several, which the type of an event does
not tell; and what brings days into a calendar beside what it asks (`agreement_to_sign`,
`internship_proposed`), which no later mail makes up for.
"""


@dataclass(frozen=True, slots=True)
class Since:
    """What happened in the case of a mail.

    ``tried``: kinds of mail about it that its reader may have got. ``types``: those of the events
    after the one it tells of; ``own``: of those that its reader caused.
    """

    ended: bool
    tried: frozenset[str] = field(default_factory=frozenset[str])
    types: frozenset[str] = field(default_factory=frozenset[str])
    own: frozenset[str] = field(default_factory=frozenset[str])


def needless(kind: str, since: Since) -> str | None:
    """Why a mail of this kind is not sent, as a code; None for one that is."""
    if since.ended and (kind in OVER or _nothing_to_call_off(kind, since.tried)):
        return "case.ended"
    answer = ANSWERS.get(kind)
    if answer is not None and (answer.any & since.types or answer.own & since.own):
        return "request.answered"
    return None


def _nothing_to_call_off(kind: str, tried: frozenset[str]) -> bool:
    if kind not in CALLS_OFF:
        return False
    inviting = CALLS_OFF[kind]
    return not (tried if inviting is None else tried & inviting)

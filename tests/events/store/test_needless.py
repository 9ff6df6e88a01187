"""Mail that waited is not sent once it means nothing any more; what must be told always is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities.letters import KINDS
from events.recording import ActorRef, CaseIndex, NoticeDraft
from events.settings import TenantSettings
from events.store.digests import Digest
from events.store.erasing import Eraser
from events.store.needless import ANSWERS, CALLS_OFF, OVER, Since, needless
from events.store.store import Store
from tests.events.store.samples import begun, draft, recording
from tests.events.store.test_erasing import APPROVED, KEPT, case
from tests.events.store.test_outbox import TUESDAY, PostBox
from workflows.registry import RULES

ENDED = CaseIndex(state="aborted", open=False, parties={})
ALWAYS = frozenset(
    {
        "trajectory_declined", "closed", "escalated", "aborted",
        "internship_closed", "internship_cancelled", "internship_ended_early",
        "placement_rejected", "placement_completed", "placement_withdrawn",
        "placement_ended_early", "partner_ended", "assessment_closed", "assessment_withdrawn",
        "staff_left", "departure_handled",
        "consent_refused", "consent_withdrawn", "interim_report", "final_report",
        "teacher_response", "agreement_complete", "outcome_shared", "assessment_decided",
        "assessment_cosigned", "teacher_heard", "assessment_issued",
        "advisor_replaced", "mentor_replaced", "part_taken_over", "placement_transferred",
        "erasure_requested", "erasure_approved", "erasure_declined", "restricted",
        "restriction_lifted",
    }
)  # fmt: skip


def test_of_every_kind_is_said_whether_an_end_makes_it_needless() -> None:
    assert set(KINDS) - OVER - CALLS_OFF.keys() == ALWAYS
    assert KINDS.keys() >= OVER | CALLS_OFF.keys() | ANSWERS.keys()
    for kind in ALWAYS:
        assert needless(kind, Since(ended=True)) is None
        assert kind not in ANSWERS
    for kind in OVER:
        assert needless(kind, Since(ended=True, tried=frozenset({kind}))) == "case.ended"
        assert needless(kind, Since(ended=False)) is None


def test_an_invitation_is_called_off_for_who_may_have_got_it() -> None:
    for kind, tried, told in (
        ("visit_cancelled", (), False),
        ("visit_cancelled", ("talk_planned", "suspended"), False),
        ("visit_cancelled", ("visit_planned",), True),
        ("visit_cancelled", ("visit_rescheduled",), True),
        ("placement_interrupted", (), False),
        ("placement_interrupted", ("placement_started",), True),
    ):
        assert (needless(kind, Since(ended=True, tried=frozenset(tried))) is None) is told
        assert needless(kind, Since(ended=False)) is None


def test_a_request_ends_with_its_answer_and_nothing_else() -> None:
    known = frozenset(name for rules in RULES.values() for name in rules.story.facts)
    for kind, answer in ANSWERS.items():
        assert answer.any | answer.own <= known
        for type_ in answer.any:
            assert needless(kind, Since(False, types=frozenset({type_}))) == "request.answered"
        for type_ in answer.own - answer.any:
            # That another party did the same is no answer of this reader.
            assert needless(kind, Since(False, types=frozenset({type_}))) is None
            assert needless(kind, Since(False, own=frozenset({type_}))) == "request.answered"
        others = known - answer.any
        assert needless(kind, Since(False, types=others, own=others - answer.own)) is None


async def told(store: Store, tenant: str, *kinds: str) -> tuple[str, str]:
    """A person who is told of these in a new case; (person, stream)."""
    person = await store.add_person(tenant, "Oda Ontvanger", "an.invented@school.example")
    return person.id, await begun(store, tenant, notices=notices(person.id, *kinds))


def notices(person: str, *kinds: str) -> list[NoticeDraft]:
    return [NoticeDraft(kind=kind, person=person, cause=0) for kind in kinds]


async def sent(store: Store, tenant: str, failures: int = 0) -> list[str]:
    box = PostBox(failures)
    await store.deliver(tenant, box.send, TUESDAY)
    return [mail.notice.kind for mail in box.mails]


async def test_of_an_ended_case_only_what_must_be_told_is_sent(store: Store, tenant: str) -> None:
    person, stream = await told(store, tenant, *CALLS_OFF, *sorted(OVER | ALWAYS))
    _, other = await told(store, tenant, "suspended")
    await store.record(recording(tenant, stream, 1, index=ENDED))
    assert set(await sent(store, tenant)) == ALWAYS | {"suspended"}
    counts = await store.mail_counts(tenant)
    assert counts == {"dropped": len(OVER) + len(CALLS_OFF), "sent": len(ALWAYS) + 1}
    assert other != stream
    assert {one.kind for one in await store.notices(tenant, person=person)} >= OVER


@pytest.mark.parametrize("failures", [0, 1])
async def test_the_end_leaves_no_invitation_standing(
    store: Store, tenant: str, failures: int
) -> None:
    """Nor one of which nobody knows whether it arrived."""
    person, stream = await told(store, tenant, "visit_planned")
    stranger, _ = await told(store, tenant, "visit_planned")
    await sent(store, tenant, failures)
    late = ["suspended", "visit_cancelled", "resumed"]
    for_both = [*notices(person, *late), *notices(stranger, "visit_cancelled")]
    await store.record(recording(tenant, stream, 1, notices=for_both))
    last = notices(person, "aborted")
    await store.record(recording(tenant, stream, 2, index=ENDED, notices=last))
    assert (await sent(store, tenant))[-2:] == ["visit_cancelled", "aborted"]
    # Who was invited in another case was not invited in this one.
    assert (await store.mail_counts(tenant))["dropped"] == 3


async def test_what_was_done_is_no_longer_asked(store: Store, tenant: str) -> None:
    person, stream = await told(store, tenant, "signature_due", "overdue")
    other = await store.add_person(tenant, "Ook Partij", "party@school.example")
    more = notices(other.id, "signature_due")
    signing: dict[str, Any] = {"events": [draft(type_="AgreementSigned")]}
    await store.record(recording(tenant, stream, 1, notices=more, **signing))
    by = ActorRef(person=person, role="teacher")
    await store.record(recording(tenant, stream, 2, actor=by, **signing))
    assert await sent(store, tenant) == ["overdue", "signature_due"]
    assert await store.mail_counts(tenant) == {"dropped": 1, "sent": 2}


async def test_a_digest_that_is_tried_again_is_the_same(store: Store, tenant: str) -> None:
    """The server may have taken it, and only its answer was lost."""
    person, stream = await told(store, tenant, "trajectory_requested", "goal_list_fixed")
    await store.choose_mail(tenant, person, "daily")
    tried: list[Digest] = []

    async def send(digest: Digest) -> None:
        tried.append(digest)
        if len(tried) == 1:
            raise TimeoutError

    morning = TUESDAY + timedelta(days=1)
    await store.deliver_digests(tenant, send, morning, TenantSettings())
    await store.record(recording(tenant, stream, 1, events=[draft(type_="TrajectoryAccepted")]))
    await store.deliver_digests(tenant, send, morning + timedelta(hours=1), TenantSettings())
    first, again = tried
    assert first.message_id == again.message_id
    assert first.mails == again.mails


async def test_what_is_erased_meanwhile_keeps_no_other_mail_back(
    store: Store, eraser: Eraser, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await case(store, tenant, *APPROVED)
    await told(store, tenant, "visit_cancelled", "closed")
    await eraser.begin(tenant, gone, 3)
    await eraser.destroy(tenant, gone, 3, KEPT)
    needed = Store._needed

    async def purged_first(self: Store, *given: Any, **more: Any) -> Any:
        await eraser.purge(tenant, gone)
        return await needed(self, *given, **more)

    monkeypatch.setattr(Store, "_needed", purged_first)
    assert await sent(store, tenant) == ["visit_cancelled", "closed"]


def test_what_brings_days_into_a_calendar_is_sent_whoever_has_answered() -> None:
    """Nothing later makes up for it: a mail brings what its own event planned or moved."""
    assert not ANSWERS.keys() & {"agreement_to_sign", "internship_proposed"}

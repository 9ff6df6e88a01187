"""``/administration/letters``: what mails of each kind say, where the board says it its own way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.store.administration import BoardLetter
from web.administration.typed import WRONG, Typed, filled, typed
from web.api.problems import Problem
from web.pages.page import page
from web.pages.session import page_language
from web.site import Site
from web.texts import LANGUAGES, Language, texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

SUBJECT_MOST = 120
INTRO_MOST = 1000
NAMES: Mapping[str, str] = {"naam": "name", "name": "name"}
"""What may stand in braces, as people write it in either language, and as it is kept."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "everywhere": ("overdue", "handover", "part_taken_over"),
    "supervision": (
        "trajectory_requested", "trajectory_accepted", "trajectory_declined", "advisor_assigned",
        "advisor_replaced", "intake_planned", "consent_requested", "consent_refused",
        "consent_withdrawn", "diagnosis_visit_planned", "goals_consulted", "goal_list_fixed",
        "visit_planned", "visit_rescheduled", "visit_cancelled", "talk_planned",
        "timetable_clash", "timetable_changed", "interim_report", "report_drafted",
        "teacher_response", "final_report", "suspended", "resumed", "closed", "escalated",
        "aborted", "self_assessment_due", "receipt_due", "stalled", "period_ending",
        "suspended_long",
    ),
    "assessments": (
        "assessor_assigned", "assessment_plan_set", "teacher_heard", "assessment_issued",
        "assessment_closed", "assessment_withdrawn",
    ),
    "internships": (
        "internship_proposed", "internship_approved", "host_matched", "supervisor_named",
        "internship_started", "half_day_missed", "evaluation_due", "sharing_due",
        "outcome_shared", "internship_closed", "internship_cancelled", "internship_ended_early",
    ),
    "placements": (
        "placement_requested", "placement_rejected", "place_offered", "place_accepted",
        "offer_declined", "mentor_assigned", "mentor_replaced", "placement_started",
        "placement_talk_planned", "three_party_talk_due", "assessment_decided",
        "assessment_cosigned", "placement_interrupted", "placement_resumed",
        "placement_transferred", "placement_completed", "placement_withdrawn",
        "placement_ended_early",
    ),
    "agreements": (
        "agreement_to_sign", "signing_link", "fresh_link_sent", "agreement_complete",
        "signature_due", "signatures_missing",
    ),
    "partners": (
        "partner_registered", "partner_activated", "contact_left", "coordinator_assigned",
        "standing_in", "successor_needed", "agreement_ending", "relation_care_due",
        "dormancy_proposed", "partner_ended",
    ),
    "departures": (
        "staff_left", "departure_handled",
    ),
    "stewardship": (
        "erasure_requested", "erasure_approved", "erasure_declined", "restricted",
        "restriction_lifted",
    ),
}  # fmt: skip
"""What messages are about, and the kinds of it, in the order of the page."""
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message, what it is about, and in which languages the board has its own text."""

    kind: str
    name: str
    own: tuple[str, ...]


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/letters``: every kind, by what it is about."""
    own = await site.store.texts_of(person.tenant)
    named = _kinds(page_language(request).language)
    groups = {
        group: sorted(
            (
                Kind(kind, named[kind], tuple(one for one in LANGUAGES if (kind, one) in own))
                for kind in kinds
            ),
            key=lambda one: (not one.own, one.name.casefold()),
        )
        for group, kinds in GROUPS.items()
    }
    return page(request, "administration/letters.html", groups=groups)


async def look(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/letters/{kind}/{language}``."""
    kind, language = _place(request)
    own = (await site.store.texts_of(person.tenant)).get((kind, language))
    sent = filled(
        {
            "subject": own and _for_people(own.subject, language),
            "intro": own and _for_people(own.intro, language),
        }
    )
    return _page(request, person, kind, language, sent, own=own is not None)


async def save(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/letters/{kind}/{language}``: keep, show first, or the usual again."""
    kind, language = _place(request)
    sent = await typed(request)
    here = f"/administration/letters/{kind}/{language}"
    if sent.raw("do") == "usual":
        await site.store.keep_letter(person.tenant, person.id, kind, language, None)
        return RedirectResponse(f"{here}?done=usual", 303)
    letter = _letter(sent)
    if letter is None or sent.raw("do") == "preview":
        own = (kind, language) in await site.store.texts_of(person.tenant)
        return _page(
            request, person, kind, language, sent, own=own, status=WRONG if sent.wrong else 200
        )
    await site.store.keep_letter(person.tenant, person.id, kind, language, letter)
    return RedirectResponse(f"{here}?done=kept", 303)


def _letter(sent: Typed) -> BoardLetter | None:
    """The letter that was typed; what is wrong with it is noted in ``sent``."""
    kept: dict[str, str] = {}
    for name, most in (("subject", SUBJECT_MOST), ("intro", INTRO_MOST)):
        text = sent.needed(name, most, lines=True)
        wrong = wrong_place(text)
        if wrong:
            sent.wrong.setdefault(name, "place")
        kept[name] = _PLACE.sub(
            lambda found: f"{{{NAMES[found[1]]}}}" if found[1] in NAMES else found[0], text
        )
    if "\n" in kept["subject"]:
        sent.wrong.setdefault("subject", "one_line")
    return None if sent.wrong else BoardLetter(kept["subject"], kept["intro"])


def wrong_place(text: str) -> bool:
    """Whether something stands in braces that nothing can be put for, or a brace stands alone."""
    bare = _PLACE.sub(lambda found: "" if found[1] in NAMES else found[0], text)
    return "{" in bare or "}" in bare


def _for_people(text: str, language: Language) -> str:
    return text.replace("{name}", "{naam}") if language == "nl" else text


def _kinds(language: Language) -> Mapping[str, str]:
    return texts(language).pages["administration"]["letter_kinds"]


def _place(request: Request) -> tuple[str, Language]:
    kind, asked = request.path_params["kind"], request.path_params["language"]
    found: list[Language] = [one for one in LANGUAGES if one == asked]
    language = found[0] if found else None
    if language is None or kind not in _kinds("nl"):
        raise Problem("not_found")
    return kind, language


def _page(
    request: Request,
    person: PersonRow,
    kind: str,
    language: Language,
    sent: Typed,
    *,
    own: bool,
    status: int = 200,
) -> Response:
    usual = texts(language).pages["administration"]
    subject = sent.raw("subject") or str(usual["letter_kinds"][kind])
    intro = sent.raw("intro") or str(usual["letter_intro"])
    intro = intro.replace("{subject}", subject)
    for name in NAMES:
        subject = subject.replace(f"{{{name}}}", person.name)
        intro = intro.replace(f"{{{name}}}", person.name)
    return page(
        request,
        "administration/letter.html",
        status,
        kind=kind,
        of=language,
        name=_kinds(page_language(request).language)[kind],
        usual_subject=usual["letter_kinds"][kind],
        usual_intro=usual["letter_intro"],
        usual_rest=usual["letter_rest"],
        subject=subject,
        intro=intro,
        sent=sent,
        own=own,
        other=next(one for one in LANGUAGES if one != language),
        done=request.query_params.get("done", ""),
    )

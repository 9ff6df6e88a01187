"""Where streams meet: openings, errands, claims and needs are checked over the reports of a board.

Claims and needs are checked in the order of positions. Two commands that were stored within a
moment of each other may have met in the other order; what only that would explain is a note.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from events.audit.history import Kept, Raw
from events.event import event_id, own_id
from events.recording import Claim, Need, Opening, errand_hash
from workflows.conformance.history import Finding, Reach, Report, Standing, Weight
from workflows.spans import most_at_once, overlap

MOMENT = timedelta(seconds=30)
"""Longer than two commands can be under way at once."""

Held = tuple[Report, Reach, Claim]


def meet(reports: Iterable[Report], *, whole: bool) -> list[Finding]:
    """Openings and errands between these streams; ``whole``: they are all of their board's.

    Only then can be told what is missing, and whether claims were free.
    """
    by_stream = {report.stream: report for report in reports}
    found: list[Finding] = []
    for report in by_stream.values():
        found += _openings(report, by_stream, whole=whole)
        found += _errands(report, by_stream, whole=whole)
    if whole:
        found += _claims(by_stream.values())
    return found


# -- openings --------------------------------------------------------------------------------------


def _openings(report: Report, others: Mapping[str, Report], *, whole: bool) -> Iterable[Finding]:
    for stream, (first, opening) in report.opens.items():
        opened = others.get(stream)
        if opened is None:
            if whole:
                sentence = f"it opened {stream}, which is not there"
                yield _about(report, "opening.missing", first["version"], sentence)
        elif opened.erased:
            continue
        elif opened.begun is None or opened.process != opening.process:
            sentence = f"it opened {stream}, which was begun otherwise"
            yield _about(report, "opening.differs", first["version"], sentence)
        else:
            fields = _unlike(first, opening, opened.begun)
            if fields:
                sentence = f"it opened {stream} with other {', '.join(fields)}"
                yield _about(report, "opening.differs", first["version"], sentence)
    if report.begun is not None:
        yield from _opened(report, report.begun, others, whole=whole)


def _opened(
    report: Report, begun: Kept, others: Mapping[str, Report], *, whole: bool
) -> Iterable[Finding]:
    if any(report.stream in other.opens for other in others.values()):
        return
    command = begun.events[0]["command_id"]
    if any(command in other.unasked for other in others.values()):
        sentence = "what opened it could not be checked"
        yield _about(report, "opening.not_checkable", 1, sentence, "note")
    elif whole:
        yield _about(report, "opening.unknown", 1, "no command opened this stream")


def _unlike(first: Raw, opening: Opening, begun: Kept) -> list[str]:
    """The fields in which a stream was begun otherwise than the command would have it."""
    if len(opening.events) != len(begun.events):
        return ["events"]
    command = first["command_id"]
    wrong: dict[str, None] = {}
    for place, (draft, raw) in enumerate(zip(opening.events, begun.events, strict=True)):
        expected = {
            "type": draft.type,
            "occurred_on": draft.occurred_on,
            "data": draft.data,
            "event_id": event_id(opening.stream, command, place),
            "causation_id": first["event_id"],
        } | {name: first[name] for name in _SHARED}
        wrong |= {name: None for name, value in expected.items() if raw[name] != value}
    return list(wrong)


_SHARED = ("command_id", "recorded_at", "actor", "correlation_id", "settings_version")


# -- errands ---------------------------------------------------------------------------------------


def _errands(report: Report, others: Mapping[str, Report], *, whole: bool) -> Iterable[Finding]:
    for took in report.took:
        source = others.get(took.source)
        errand = source and source.errands.get(took.key)
        if source is not None and source.erased:
            continue
        if errand is None:
            if whole or source is not None:
                sentence = "no other stream had this errand"
                yield _about(report, "errand.unknown", took.version, sentence, command=took.command)
            continue
        named = not errand.streams or report.stream in errand.streams
        fits = (
            (took.command, dict(took.data), took.cause)
            == (errand.command, dict(errand.data), errand.cause)
            and errand.process == report.process
            and took.command_id == own_id(report.stream, errand_hash(took.source, took.key))
        )
        if not (named and fits):
            sentence = "the errand was another one"
            yield _about(report, "errand.differs", took.version, sentence, command=took.command)
    if whole:
        for key, (version, delivered) in report.ran.items():
            name = (report.stream, key)
            count = sum(
                (took.source, took.key) == name for other in others.values() for took in other.took
            )
            unasked = any(other.unasked for other in others.values())
            if count != delivered.given and not unasked:
                sentence = f"{delivered.given} were to have taken errand {key}, {count} did"
                yield _about(report, "errand.count", version, sentence)


# -- claims and needs ------------------------------------------------------------------------------


def _claims(reports: Collection[Report]) -> Iterable[Finding]:
    """Nobody may take what others hold; in the order of the store."""
    reaches = sorted(
        (
            (reach.place, report, reach)
            for report in reports
            for reach in report.reaches
            if reach.place is not None
        ),
        key=lambda item: item[0],
    )
    let_go = _releases(reports)
    held: dict[tuple[str, str], list[Held]] = {}
    for _, report, reach in reaches:
        for claim in reach.releases:
            key = (claim.kind, claim.subject)
            held[key] = [one for one in held.get(key, []) if one[0] is not report]
        for claim in reach.claims:
            key = (claim.kind, claim.subject)
            theirs = [
                one
                for one in held.get(key, [])
                if one[0] is not report and overlap(one[2].during, claim.during)
            ]
            if _full(claim, theirs):
                sure = [one for one in theirs if not (one[0].unasked or _near(let_go, one, reach))]
                weight: Weight = "wrong" if _full(claim, sure) else "note"
                sentence = f"it took a {claim.kind} that others held: {claim.refusal}"
                yield _about(report, "claim.taken", reach.version, sentence, weight, reach.command)
            held.setdefault(key, []).append((report, reach, claim))


def _full(claim: Claim, theirs: Sequence[Held]) -> bool:
    most = most_at_once([one[2].during for one in theirs], claim.during)
    return most >= (1 if claim.slots is None else claim.slots)


def _releases(reports: Collection[Report]) -> dict[tuple[str, str, str], list[Reach]]:
    found: dict[tuple[str, str, str], list[Reach]] = {}
    for report in reports:
        for reach in report.reaches:
            for claim in reach.releases:
                found.setdefault((report.stream, claim.kind, claim.subject), []).append(reach)
    return found


def _near(let_go: Mapping[tuple[str, str, str], list[Reach]], held: Held, reach: Reach) -> bool:
    """Whether the holder let it go at about the time when it was taken."""
    report, _, claim = held
    releases = let_go.get((report.stream, claim.kind, claim.subject), ())
    return any(abs(release.at - reach.at) <= MOMENT for release in releases)


def check_needs(
    reports: Iterable[Report], standings: Mapping[str, Sequence[Standing]]
) -> list[Finding]:
    """What commands needed of other streams, against where those stood at that place.

    What stood in streams that are not given, such as erased ones, nobody can tell.
    """
    return [
        _about(report, "need.unmet", reach.version, _unmet(need), command=reach.command)
        for report in reports
        for reach in report.reaches
        for need in reach.needs
        if reach.place is not None
        and need.stream in standings
        and not _was_met(need, reach, standings[need.stream])
    ]


def _unmet(need: Need) -> str:
    return f"{need.stream} was not what it needed: {need.refusal}"


def _was_met(need: Need, reach: Reach, standings: Sequence[Standing]) -> bool:
    """At the place itself, or within a moment of it."""
    before = [one for one in standings if one.place is not None and one.place < (reach.place or 0)]
    near = [one for one in standings if abs(one.at - reach.at) <= MOMENT]
    return any(_meets(need, one) for one in (*before[-1:], *near, *_just_before(standings, near)))


def _just_before(standings: Sequence[Standing], near: Sequence[Standing]) -> Sequence[Standing]:
    if not near:
        return ()
    place = standings.index(near[0])
    return standings[place - 1 : place] if place else ()


def _meets(need: Need, standing: Standing) -> bool:
    index = standing.index
    return index.state in need.states and (
        need.party is None
        or any(
            person == need.party and part.startswith(need.part)
            for part, person in index.parties.items()
        )
    )


def _about(
    report: Report,
    code: str,
    version: int,
    sentence: str,
    weight: Weight = "wrong",
    command: str | None = None,
) -> Finding:
    return Finding(code, report.process, report.stream, version, command, sentence, weight)

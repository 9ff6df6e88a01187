"""What a visitor may do on a case's own page, and how the answer to a form becomes a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import ValidationError

from events.agreement import AgreementSigned
from events.event import form_id, stream_id
from web.api.problems import FieldFault, Problem, field_faults, invalid
from web.documents.agreements import agreement
from web.forms.decoding import Decoded, Sent, decoded, several
from web.forms.form import NUMBERED
from web.giving import Attempt, Call, give
from web.reading import Reading, context, offered
from web.site import Site
from web.texts import Texts
from workflows.agreements import SignAgreement
from workflows.decision import Command, Refused

if TYPE_CHECKING:
    from events.store.directory import PersonRow

FORM_BYTES = 300_000
"""Room for a text of 20,000 characters, each written as up to twelve."""

SIGN = SignAgreement.__name__
FORMS: Mapping[str, tuple[str, ...]] = {
    "AcceptPlace": (),
    "DeclineOffer": ("reason",),
    "ApproveInternship": ("replacement", "note"),
    SIGN: ("version", "document"),
    "SubmitEvaluation": ("text", "worth"),
}
"""The commands that have a form, in the order of the page, and the fields of each."""
_NUMBERS = frozenset({"version", "worth"})
_UNSEEN = frozenset({"version", "document"})


def last(sent: Sent, field: str) -> str:
    """What a field says; of several values the last one."""
    return several(sent.get(field, ""))[-1]


def key_of(sent: Sent) -> str:
    """What makes a form the same one again, however often it is sent."""
    return last(sent, "key").strip()


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that was sent and not accepted, with all that was filled in."""

    command: str
    sent: Sent
    problem: Problem

    @property
    def key(self) -> str | None:
        """The same again, so that what was done after all is not done twice."""
        return None if self.problem.code == "command.id_reused" else key_of(self.sent) or None

    def text(self, field: str) -> str:
        """What was typed in a field, to be shown again."""
        return last(self.sent, field)


@dataclass(frozen=True, slots=True)
class ToSign:
    """Which version is signed, the hash of its document, and as which party."""

    version: int
    document: str
    party: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands on the page. ``key`` makes sending it twice one command.

    ``wrong`` has the sentence for each field that was not right.
    """

    command: str
    key: str
    sent: Sent
    wrong: Mapping[str, str]
    signing: ToSign | None = None


async def forms(
    site: Site, person: PersonRow, reading: Reading, words: Texts, tried: Tried | None = None
) -> list[Form]:
    """The forms for what this visitor may do now; what was typed in vain stays to be read."""
    view = reading.view
    may = set(offered(reading, person, view.now, view.settings))
    if tried is not None and any(tried.text(field) for field in seen_fields(tried.command)):
        may.add(tried.command)
    found: list[Form] = []
    for command in FORMS:
        if command not in may:
            continue
        signing = await _to_sign(site, person, reading) if command == SIGN else None
        if command == SIGN and signing is None:
            continue
        mine = tried if tried is not None and tried.command == command else None
        found.append(
            Form(
                command=command,
                key=(mine and mine.key) or uuid4().hex,
                sent=mine.sent if mine else {},
                wrong=wrong_fields(words, command, mine.problem) if mine else {},
                signing=signing,
            )
        )
    return found


async def _to_sign(site: Site, person: PersonRow, reading: Reading) -> ToSign | None:
    """The version that counts, where this visitor may sign it: the rules tell as which party."""
    dossier, view = reading.dossier, reading.view
    version = dossier.state.agreement.number if dossier.state.agreement else 0
    ctx = context(person, dossier.stream, view.now, view.settings)
    try:
        decision = reading.rules.decide(dossier.state, SignAgreement(version=version), ctx)
    except Refused:
        return None
    document = await agreement(site, person.tenant, dossier, version)
    facts = [happened.fact for happened in decision.events]
    party = next((fact.party for fact in facts if isinstance(fact, AgreementSigned)), None)
    return ToSign(version, document.sha256, party) if document and party else None


def seen_fields(command: str) -> set[str]:
    """The fields that stand on the page, of which a reader can be told that they are wrong."""
    return set(FORMS[command]) - _UNSEEN | ({"agree"} if command == SIGN else set())


def wrong_fields(words: Texts, command: str, problem: Problem) -> dict[str, str]:
    """What to say at each field that is not right; none of them unless all are on the page."""
    seen, own = seen_fields(command), words.pages["sign"]
    if not all(fault.field in seen for fault in problem.faults):
        return {}
    return {
        fault.field: own.get(f"{fault.field}_{fault.kind}") or words.fields[fault.kind]
        for fault in problem.faults
    }


def data_of(command: str, sent: Mapping[str, str]) -> dict[str, Any]:
    """What was filled in, as the command's data; what is blank is not there.

    Raises Problem where somebody signs without saying so.
    """
    if command == SIGN and sent.get("agree") != "yes":
        raise invalid("agree", "missing")
    filled = {field: sent.get(field, "") for field in FORMS[command]}
    return {
        field: _whole(text) if field in _NUMBERS else text
        for field, text in filled.items()
        if text.strip()
    }


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def parsed_of(model: type[Command], sent: Sent) -> Command:
    """The command that a form says. Raises Problem, with the form's fields that are not right."""
    name = model.__name__
    if name == SIGN:
        read = Decoded(data_of(name, {field: last(sent, field) for field in sent}))
    else:
        read = decoded(model, sent)
        _number(name, read.data)
    try:
        return model.model_validate(read.data)
    except ValidationError as error:
        raise Problem("command.invalid", read.at_form(field_faults(error))) from None


def _number(command: str, data: dict[str, Any]) -> None:
    """Gives rows the names that nobody types."""
    for (name, path), (field, letter) in NUMBERED.items():
        if name == command:
            for place, row in enumerate(data.get(path, ()), 1):
                row.setdefault(field, f"{letter}{place}")


def at_form(model: type[Command], sent: Sent, fault: Refused | Problem) -> Refused | Problem:
    """What a rule refused, at the field of the form that it is about."""
    if not isinstance(fault, Refused) or fault.field is None or model.__name__ == SIGN:
        return fault
    (moved,) = decoded(model, sent).at_form([FieldFault(fault.field, "value")])
    return Refused(fault.code, moved.field)


def warnings_of(
    person: PersonRow, reading: Reading, model: type[Command], sent: Sent
) -> tuple[str, ...]:
    """What the rules would warn about if this form were accepted now; nothing where it is not."""
    ctx = context(person, reading.dossier.stream, reading.view.now, reading.view.settings)
    try:
        decision = reading.rules.decide(reading.dossier.state, parsed_of(model, sent), ctx)
    except (Refused, Problem):
        return ()
    return tuple(decision.warnings)


def why_not(person: PersonRow, reading: Reading, model: type[Command]) -> str:
    """The code for which the rules would refuse a command now, whatever its data."""
    ctx = context(person, reading.dossier.stream, reading.view.now, reading.view.settings)
    words = dict.fromkeys(model.model_fields)
    try:
        reading.rules.decide(reading.dossier.state, model.model_construct(None, **words), ctx)
    except Refused as refused:
        # Without data they may have got as far as missing it, which is no reason.
        return "state.not_allowed" if refused.code == "command.invalid" else refused.code
    except Exception:  # noqa: BLE001 - a rule that got as far as data has none to look at
        return "state.not_allowed"
    return "state.not_allowed"


async def given(
    site: Site,
    person: PersonRow,
    reading: Reading,
    command: str,
    sent: Sent,
    offset: timedelta,
) -> str:
    """Gives the command that a form says, once however often it is sent; the command's id.

    Raises Problem, Refused, and Unavailable when no answer came in time.
    """
    dossier, rules = reading.dossier, reading.rules
    if command not in rules.commands or not key_of(sent):
        raise Problem("not_found")
    command_id = form_id(dossier.stream, f"{command}/{person.id}/{key_of(sent)}")
    attempt = Attempt(site, person, dossier.process, dossier.stream, command)
    attempt.now = reading.view.now
    async with attempt:
        parsed = parsed_of(rules.commands[command], sent)
        call = Call(
            person, dossier.process, rules, dossier.stream, command_id, command, parsed, offset
        )
        await give(site, call, first=False)
    return command_id


async def begun(
    site: Site, person: PersonRow, process: str, sent: Sent, now: datetime, offset: timedelta
) -> tuple[str, str]:
    """Begins the case that a form says, once however often it is sent; its id and the command's.

    Raises Problem, Refused, and Unavailable when no answer came in time.
    """
    rules = site.rules[process]
    command = rules.opening
    if command is None or not key_of(sent):
        raise Problem("not_found")
    command_id = form_id(person.id, f"{process}/{command}/{key_of(sent)}")
    stream = stream_id(person.tenant, command_id)
    attempt = Attempt(site, person, process, stream, command)
    attempt.now = now
    async with attempt:
        parsed = parsed_of(rules.commands[command], sent)
        call = Call(person, process, rules, stream, command_id, command, parsed, offset)
        await give(site, call, first=True)
    return stream, command_id

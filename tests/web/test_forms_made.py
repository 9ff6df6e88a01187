"""Every command of every process has a form in words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from events.settings import TenantSettings
from web.api.problems import Problem
from web.doing import SIGN, parsed_of
from web.forms.decoding import Sent
from web.forms.form import Builder, Field
from web.forms.known import Known, Option, Options
from web.forms.words import FormWords
from web.signin import emergency
from web.texts import DEFAULT, LANGUAGES, Language, texts
from web.wording import Wording
from workflows.decision import Command
from workflows.registry import RULES

_CODE = re.compile(r"[a-z]+_[a-z_]+|[A-Z][a-z]+[A-Z]\w*|.*\.[a-z_]+\.")
EVERY = [
    (process, command)
    for process, rules in RULES.items()
    for command in rules.commands
    if command not in rules.own
]


def words_of(language: Language, process: str, command: str) -> FormWords:
    facts = RULES[process].story.facts
    return FormWords(Wording(texts(language), TenantSettings(), {}, process, facts=facts), command)


def fields_of(language: Language, process: str, command: str, known: Known) -> Iterable[Field]:
    builder = Builder(command, words_of(language, process, command), known)
    yield from flat(builder.fields(RULES[process].commands[command]))


def faults_of(model: type[Command], sent: Sent) -> set[str]:
    try:
        parsed_of(model, sent)
    except Problem as problem:
        return {fault.kind for fault in problem.faults}
    return set()


def flat(fields: Iterable[Field]) -> Iterable[Field]:
    for field in fields:
        yield field
        for row in field.rows:
            yield from flat(row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_every_command_is_in_words(language: Language) -> None:
    unsaid: set[str] = set()
    everybody = tuple(Option("1", "Iemand") for _ in range(2))
    keys: dict[str, Options] = dict.fromkeys(
        ("observations", "ratings", "goal_results", "roles"), everybody
    )
    for process, command in EVERY:
        words = words_of(language, process, command)
        assert words.title
        keys = dict.fromkeys(("observations", "ratings", "goal_results", "roles"), everybody)
        for field in fields_of(language, process, command, Known(keys=keys)):
            plain = field.name.rpartition(".")[2]
            unsaid |= {
                f"{process}.{command}.{field.name}: {said}"
                for said in (field.label, *(one.text for one in field.options))
                if _CODE.fullmatch(said) or field.label == plain or not said.strip()
            }
            # A reason is free text in some events; chosen from a list it is a word of ours.
            unsaid |= {
                f"{process}.{command}.{field.name}: {one.text} is a word of the code"
                for one in field.options
                if language == DEFAULT and one.text == one.value
            }
    assert not unsaid


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_somebody_agrees_to_is_said_in_full(language: Language) -> None:
    fields = flat(fields_of(language, "supervision", "RecordTeacherConsent", Known()))
    (items,) = (field for field in fields if field.name == "items")
    full = texts(language).pages["forms"]["choice"]["RecordTeacherConsent.items"]
    assert [one.text for one in items.options] == [full[one.value] for one in items.options]
    assert len(items.options) == len(full)


def test_what_is_said_belongs_to_a_command_or_field_that_exists() -> None:
    forms = texts(DEFAULT).pages["forms"]
    commands = {command for _, command in EVERY}
    for table in ("lead", "confirm"):
        assert forms[table].keys() <= commands
    titles = forms["title"]
    assert titles.keys() - RULES.keys() == commands | {emergency.COMMAND}  # in the log alone
    buttons = forms["button"]
    assert buttons.keys() - RULES.keys() <= commands
    assert forms["confirm"].keys() <= buttons.keys()  # what is for good names itself there
    paths = set[str]()
    for process, command in EVERY:
        for field in fields_of(DEFAULT, process, command, Known()):
            path = re.sub(r"\.\d+", "", field.name)
            for start in (f"{process}.{command}.", f"{command}.", f"{process}.", ""):
                paths |= {start + path, path.rpartition(".")[2]}
    of_cards = {"observations.seen", "observations.note"}
    for table in ("label", "help", "example"):
        assert forms[table].keys() - paths <= of_cards


def test_rows_are_numbered_as_our_own_forms_do() -> None:
    model = RULES["supervision"].commands["RequestTrajectory"]
    sent = {"concerns.1.text": "x", "concerns.².text": "x", f"concerns.{'9' * 5000}.text": "x"}
    words = words_of(DEFAULT, "supervision", "RequestTrajectory")
    made = Builder("RequestTrajectory", words, Known(), sent).fields(model)
    assert [len(one.rows) for one in made if one.name == "concerns"] == [2]


def test_what_a_form_offers_is_what_its_command_takes() -> None:
    """The first choice of everything, sent back, is data that the command's model knows."""
    somebody = (Option("6f1f2a3e-2f0a-4a80-9f0e-9a3f3c1d2b4a", "Iemand"),)
    roles = ("", "staff", "teacher", "client", "manager", "advisor", "auditor", "school_leader",
             "student", "mentor", "school_trainer", "institute_trainer", "contact")  # fmt: skip
    known = Known(options={f"@{role}": somebody for role in roles})
    known.options |= dict.fromkeys(("host", "into", "follows", "event"), somebody)
    known.options["intervention"] = (Option("intake", "intake"),)
    known.keys |= dict.fromkeys(("ratings", "goal_results"), (Option("G1", "Doel"),))
    known.keys["observations"] = (Option("lesson_change", "leswissel"),)
    known.keys["roles"] = (Option("mentor", "mentor"),)
    typed = {
        "day": "2026-02-10", "moment": "2026-02-10T09:00", "clock": "09:00", "number": "3",
        "decimal": "1,25", "line": "iets", "text": "iets",
    }  # fmt: skip
    wrong: dict[str, set[str]] = {}
    for process, command in EVERY:
        if command == SIGN:  # has a form of its own
            continue
        model = RULES[process].commands[command]
        builder = Builder(command, words_of(DEFAULT, process, command), known)
        sent = {
            field.name: field.options[0].value if field.options else typed[field.widget]
            for field in flat(builder.fields(model))
            if field.options or field.widget in typed
        }
        # Two fields may not agree with each other; each of them is what it should be.
        if kinds := faults_of(model, sent) - {"value"}:
            wrong[f"{process}.{command}"] = kinds
    assert not wrong

"""How much a command may carry, so that nobody's list or text keeps others waiting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from workflows.decision import Command
from workflows.fields import CLAUSE_LENGTH, MOST
from workflows.internships.commands import HALF_DAYS
from workflows.partners.commands import TakeOverPartner
from workflows.registry import RULES

COMMANDS = {command for rules in RULES.values() for command in rules.commands.values()} - {
    TakeOverPartner
}
"""All that people give; a process hands over all that there is."""
IN_A_DOCUMENT = {
    ("internships", "ProposeInternship"): ("question", "school"),
    ("internships", "DraftAgreement"): (
        "goal", "times", "tasks", "insurance", "confidentiality", "costs",
    ),
    ("placements", "RequestPlacement"): ("phase",),
    ("placements", "OfferPlace"): ("school",),
    ("placements", "TransferPlacement"): ("school",),
    ("placements", "DraftAgreement"): (
        "assignment", "supervision", "assessment", "confidentiality", "allowance",
    ),
}  # fmt: skip


def lists(schema: Any) -> Iterator[int | None]:
    """The most that each list and each map in a JSON Schema may hold."""
    if isinstance(schema, dict):
        if schema.get("type") == "array":
            yield schema.get("maxItems")
        if "additionalProperties" in schema and schema["additionalProperties"] is not False:
            yield schema.get("maxProperties")
        for inner in schema.values():
            yield from lists(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from lists(inner)


@pytest.mark.parametrize("command", sorted(COMMANDS, key=str), ids=lambda one: one.__name__)
def test_every_list_has_an_end(command: type[Command]) -> None:
    for most in lists(command.model_json_schema()):
        assert most is not None
        assert most <= MOST or (most == HALF_DAYS and "Agreement" in command.__name__)


@pytest.mark.parametrize(("place", "fields"), IN_A_DOCUMENT.items(), ids=str)
def test_what_stands_in_an_agreement_is_short(
    place: tuple[str, str], fields: tuple[str, ...]
) -> None:
    process, name = place
    names = [name, "AmendAgreement"] if name == "DraftAgreement" else [name]
    for command in (RULES[process].commands[name] for name in names):
        for field in fields:
            assert _fault(command, field, "x" * CLAUSE_LENGTH) is None
            assert _fault(command, field, f" {'x' * CLAUSE_LENGTH} ") is None
            assert _fault(command, field, "x" * (CLAUSE_LENGTH + 1)) == "string_too_long"


def test_what_a_role_does_is_short_too() -> None:
    command = RULES["placements"].commands["DraftAgreement"]
    roles = {"mentor": {"tasks": "x" * (CLAUSE_LENGTH + 1), "hours": "1"}}
    assert _fault(command, "roles", roles) == "string_too_long"


def test_these_are_all_the_texts_of_a_document() -> None:
    """Whatever else an agreement says is a word, a day, a number or a name."""
    for process in ("internships", "placements"):
        named = (fields for (of, _), fields in IN_A_DOCUMENT.items() if of == process)
        model = RULES[process].story.facts["AgreementDrafted"]
        fields = model.model_fields.items()
        written = {field for field, info in fields if "Personal" in repr(info.metadata)}
        assert written <= {field for one in named for field in one}


def _fault(command: type[Command], field: str, value: Any) -> str | None:
    """What is wrong with that field, of a command that is incomplete besides."""
    try:
        command.model_validate({field: value})
    except ValidationError as error:
        return next((one["type"] for one in error.errors() if one["loc"][0] == field), None)
    return None

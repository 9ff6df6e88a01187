"""Rows of a form that know what they are about before anybody has filled them in."""

from __future__ import annotations

from web.forms.decoding import Sent, several

WITH = "with:"
"""Begins a hidden field that counts only where something else of its row was filled in."""


def completed(sent: Sent) -> dict[str, str | list[str]]:
    """What was sent, with what each filled-in row is about; rows left blank say nothing.

    ``with:findings.0.goal`` becomes ``findings.0.goal`` where ``findings.0.seen`` was chosen.
    """
    plain = {name: several(value) for name, value in sent.items() if not name.startswith(WITH)}
    filled = {
        name.rpartition(".")[0]
        for name, values in plain.items()
        if any(value.strip() for value in values)
    }
    for name, value in sent.items():
        place = name.removeprefix(WITH)
        if name.startswith(WITH) and place.rpartition(".")[0] in filled:
            plain[place] = several(value)
    return {name: value[0] if len(value) == 1 else value for name, value in plain.items()}

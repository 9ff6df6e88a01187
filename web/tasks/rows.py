"""What a form knows before anybody has filled it in, where that depends on what is chosen."""

from __future__ import annotations

from web.forms.decoding import Sent, several

WITH = "with:"
"""Begins a hidden field that counts only where something else of its row was filled in."""
WHEN = "when:"
"""Begins a hidden field that counts, in place of another, where a third one says so."""


def completed(sent: Sent) -> dict[str, str | list[str]]:
    """What was sent, with what each filled-in row is about; rows left blank say nothing.

    ``with:findings.0.goal`` becomes ``findings.0.goal`` where ``findings.0.seen`` was chosen, and
    ``when:announced=false:visit`` becomes ``visit`` where ``announced`` is ``false``.
    """
    plain = {
        name: several(value) for name, value in sent.items() if not name.startswith((WITH, WHEN))
    }
    filled = {
        name.rpartition(".")[0]
        for name, values in plain.items()
        if any(value.strip() for value in values)
    }
    for name, value in sent.items():
        place = name.removeprefix(WITH)
        if name.startswith(WITH) and place.rpartition(".")[0] in filled:
            plain[place] = several(value)
    for name, value in sent.items():
        condition, _, place = name.removeprefix(WHEN).partition(":")
        asked, _, wanted = condition.partition("=")
        if name.startswith(WHEN) and plain.get(asked, [""])[-1] == wanted:
            plain[place] = several(value)
    return {name: value[0] if len(value) == 1 else value for name, value in plain.items()}

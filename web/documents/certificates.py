"""The certificate of an erasure in words, for people who want to read what was destroyed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from events.settings import TenantSettings
from events.store.certificates import Certificate, Said, Step
from web.texts import Texts
from web.wording import Wording

WIDTH = 88
LABEL = 20


def certificate_text(
    certificate: Certificate,
    texts: Texts,
    settings: TenantSettings,
    names: Mapping[str, str],
) -> str:
    """Plain text in the language of ``texts``; whose name is not known stands by its id."""
    wording = Wording(texts, settings, dict(names), certificate.process)
    words: Mapping[str, Any] = texts.of(certificate.process)["erasure"]
    lines = [words["title"], ""]
    lines += [f"{label:<{LABEL}}{value}" for label, value in _facts(certificate, words, wording)]
    lines += ["", words["steps"]]
    for step in certificate.steps:
        for sentence in _sentences(step, words):
            lines += textwrap.wrap(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")
    if certificate.outlived:
        lines += ["", words["outlived"]]
        lines += [
            "- "
            + words["outlived_part"].format(
                kind=words.get(part.kind, part.kind), day=wording.day(part.keep_until)
            )
            for part in certificate.outlived
        ]
    lines += ["", words["stays"], *textwrap.wrap(words["stays_text"], WIDTH)]
    if certificate.log.checkpoint:
        lines += ["", words["checkpoint"], "", certificate.log.checkpoint.rstrip("\n")]
    return "\n".join(lines) + "\n"


def _facts(
    certificate: Certificate, words: Mapping[str, str], wording: Wording
) -> Iterator[tuple[str, str]]:
    def said(said: Said) -> str:
        name = wording.names.get(said.by or "", said.by or "?")
        return words["by"].format(name=name, at=wording.instant(said.at) if said.at else "?")

    def moment(at: str | None) -> str:
        return words["under_way"] if at is None else wording.instant(at)

    ground = wording.words["terms"].get(f"ground.{certificate.ground}", certificate.ground)
    yield words["process"], wording.about(certificate.process, "one")
    yield words["stream"], certificate.stream
    yield words["tenant"], certificate.tenant
    yield words["ground"], ground
    yield words["requested"], said(certificate.requested)
    yield words["approved"], said(certificate.approved)
    yield words["operator"], certificate.operator
    yield words["begun"], moment(certificate.begun_at)
    yield words["erased"], moment(certificate.erased_at)
    yield words["finished"], moment(certificate.finished_at)
    yield words["last"], words["last_event"].format(**certificate.last.model_dump())
    if certificate.log.size is not None:
        yield words["log"], words["log_then"].format(size=certificate.log.size)


def _sentences(step: Step, words: Mapping[str, str]) -> Iterator[str]:
    evidence = {
        name: (len(value) if isinstance(value, list) else value)
        for name, value in step.evidence.items()
    }
    yield words[step.step].format_map(evidence)
    if step.step == "cleared":
        done = evidence["overwritten"] is not None
        yield words["overwritten" if done else "not_overwritten"].format_map(evidence)
        if evidence["held"]:
            yield words["held"].format(held=", ".join(step.evidence["held"]))
        elif evidence["sought"]:
            yield words["sought"]

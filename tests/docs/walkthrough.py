"""Reads the README's walk-through: what to type, and what is printed then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
START = "## A trajectory with `curl`"


@dataclass(frozen=True)
class Part:
    """A block to type, and the block that is printed; None where nothing is."""

    typed: str
    printed: str | None


def parts(readme: Path = ROOT / "README.md") -> list[Part]:
    """The walk-through's blocks, in order."""
    text = readme.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text[text.index(START) :])
    found: list[Part] = []
    for kind, content in blocks:
        if kind == "sh":
            found.append(Part(content, None))
        else:
            found[-1] = Part(found[-1].typed, content)
    return found

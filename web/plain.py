"""What people wrote as everybody reads it: nothing unseen, no words in another order."""

from __future__ import annotations

import re
import unicodedata

_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028]")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Controls, what has no width, and marks of direction; joiners stay, as scripts and emoji need
them."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(text: str) -> str:
    """The text as it is shown on pages and set in documents alike."""
    whole = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text))
    return _UNSEEN.sub("", whole.replace("\u2029", "\n\n"))


def one_line(text: str) -> str:
    """The same where there is room for one line only."""
    return " ".join(plain(text).split())


def harmless(text: str) -> str:
    """A text of a CSV file that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text

"""``./dev run python -m tests.golden [--write]``: what is missing in the corpus, or adds it."""

from __future__ import annotations

import argparse
import sys

from tests.golden.corpus import HOME, changed, missing, write
from workflows.registry import RULES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("--write", action="store_true", help="add files; none is ever changed")
    options = parser.parse_args()
    facts = {name: rules.story.facts for name, rules in RULES.items()}
    if options.write:
        for entry in write(HOME, facts):
            print(f"added {entry.path}")
    left = missing(HOME, facts)
    for entry in left:
        print(f"missing {entry.path}")
    for path in (wrong := changed(HOME)):
        print(f"changed {path}")
    return 1 if left or wrong else 0


if __name__ == "__main__":
    sys.exit(main())

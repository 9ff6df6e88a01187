"""`traject recover`: connects by the settings and gives every open case its process back."""

from __future__ import annotations

import asyncio
import sys

from activities.recovery import Recovery, recover
from deploy.progress import progress_bar
from events.store.keyring import KeyRing
from events.store.ledger import obey_before_serving
from events.store.store import Store
from settings import Settings
from workflows.registry import RULES
from workflows.wire import connect_by

NAMED = 20
"""So many cases that were not looked at are named for people; programs get all."""


async def recover_all(
    settings: Settings, *, restored: bool = False, progress: bool | None = None
) -> Recovery:
    """What was found. Safe to repeat and to interrupt; ``progress`` shows it on stderr.

    Raises BadSettings where PostgreSQL or Temporal is not named, OSError or RuntimeError where
    it cannot be reached, NotObeyed where what was erased came back and may not be erased again.
    """
    stories = {name: rules.story for name, rules in RULES.items()}
    facts = {name: story.facts for name, story in stories.items()}
    keys = KeyRing.load(settings.master_keys)
    store = await Store.connect(settings.database("app"), keys, facts)
    last = Recovery()

    def told(found: Recovery) -> None:
        nonlocal last
        last = found
        tell(found.seen, found.total)

    try:
        await obey_before_serving(store, settings.published, settings.owner_database, stories)
        temporal = await connect_by(settings, store.dossier_key)
        with progress_bar("Looking at open cases", shown=progress) as tell:
            return await recover(
                store,
                temporal,
                set(RULES),
                restored=restored,
                progress=told,
            )
    except asyncio.CancelledError:
        print(f"Interrupted. {sentence(last)}\nRun it again for the rest.", file=sys.stderr)
        raise
    finally:
        await store.close()


def sentence(found: Recovery) -> str:
    """The report for people: what was done, and the cases that need another look."""
    counts = ", ".join(
        f"{getattr(found, what)} {what}"
        for what in ("seen", "started", "poked", "replaced", "stopped", "well", "unknown", "failed")
    )
    lines = [counts, *(f"not looked at: {case}" for case in found.failures[:NAMED])]
    if len(found.failures) > NAMED:
        lines.append(f"and {len(found.failures) - NAMED} more")
    if found.failures:
        lines.append("Mend what stands in the way, and run it again.")
    return "\n".join(lines)

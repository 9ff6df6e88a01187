"""`traject recover`: connects by the settings and gives every open case its process back."""

from __future__ import annotations

from dataclasses import asdict

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from activities.recovery import Recovery, recover
from events.store.keys import MasterKeys
from events.store.store import Store
from settings import Settings
from workflows.registry import RULES
from workflows.wire import connect_by


async def recover_all(settings: Settings, *, progress: bool) -> dict[str, int]:
    """What was found, by name. Safe to repeat and to interrupt; ``progress`` shows it on stderr.

    Raises BadSettings where PostgreSQL or Temporal is not named, OSError or RuntimeError where
    it cannot be reached.
    """
    facts = {name: rules.story.facts for name, rules in RULES.items()}
    keys = MasterKeys.load(settings.master_keys)
    store = await Store.connect(settings.database("app"), keys, facts)
    try:
        temporal = await connect_by(settings, store.dossier_key)
        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not progress,
        )
        with bar:
            shown = bar.add_task("Looking at open cases")

            def tell(found: Recovery) -> None:
                text = f"{found.seen} open cases: {found.started} started, {found.poked} poked"
                bar.update(shown, description=text)

            return asdict(await recover(store, temporal, set(RULES), progress=tell))
    finally:
        await store.close()

"""What the ids in something shown are called: people by their names, other cases by theirs."""

from __future__ import annotations

from typing import Any

from events.process import Reader, View
from events.settings import TenantSettings
from events.store.errors import Erased
from web.site import Site
from web.texts import Texts
from web.wording import Wording, ids_in

_NOBODY = Reader("", ())


async def wording_for(
    site: Site, tenant: str, process: str, shown: Any, words: Texts, settings: TenantSettings
) -> Wording:
    """The words for something of a process, with the names of everybody and every case in it.

    Another case is called by the name it has, such as that of a partner, else by its kind.
    """
    ids = set(ids_in(shown))
    names = await site.store.names(tenant, ids)
    wording = Wording(words, settings, names, process)
    for stream in sorted(ids - names.keys()):
        called = await _case_name(site, tenant, stream, wording)
        if called is not None:
            names[stream] = called
    return wording


async def _case_name(site: Site, tenant: str, stream: str, wording: Wording) -> str | None:
    process = await site.store.process_of(tenant, stream)
    if process is None or process not in site.rules:
        return None
    try:
        dossier = await site.dossiers.read(tenant, process, stream)
    except Erased:
        return wording.about(process, "one")
    if dossier is None:
        return None
    view = View(_NOBODY, frozenset(), dossier.events[-1].recorded_at, wording.settings)
    summary = site.rules[process].story.summary(dossier.state, view)
    return summary.get("name") or wording.about(process, "one")

"""What the ids in something shown are called: people by their names, other cases by theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from events.process import Reader, View
from events.settings import TenantSettings
from events.store.errors import Erased
from web.site import Site, reader_of
from web.texts import Texts
from web.wording import Wording, ids_in

if TYPE_CHECKING:
    from events.store.directory import PersonRow

_NOBODY = Reader("", ())


async def wording_for(
    site: Site,
    tenant: str,
    process: str,
    shown: Any,
    words: Texts,
    settings: TenantSettings,
    reader: PersonRow | None = None,
) -> Wording:
    """The words for something of a process, with the names of everybody and every case in it.

    Another case is called by the name it has, such as that of a partner, else by its kind; where
    the reader may open it, the words know its address.
    """
    wording = Wording(words, settings, {}, process, facts=site.rules[process].story.facts)
    ids = set(ids_in(shown, wording.written().texts))
    wording.names.update(await site.store.names(tenant, ids))
    others = ids - wording.names.keys()
    cases = await site.store.streams_among(tenant, others) if others else {}
    for stream in sorted(cases):
        await _learn_case(site, tenant, cases[stream], stream, wording, reader)
    return wording


async def _learn_case(
    site: Site, tenant: str, process: str, stream: str, wording: Wording, reader: PersonRow | None
) -> None:
    if process not in site.rules:
        return
    wording.names[stream] = wording.about(process, "one")
    try:
        dossier = await site.dossiers.read(tenant, process, stream)
    except Erased:
        return
    if dossier is None:
        return
    story, state = site.rules[process].story, dossier.state
    view = View(_NOBODY, frozenset(), dossier.events[-1].recorded_at, wording.settings)
    if name := story.summary(state, view).get("name"):
        wording.names[stream] = name
    if reader is not None and story.rights(state, reader_of(reader)):
        wording.addresses[stream] = f"/{process}/{stream}"

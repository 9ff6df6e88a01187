"""Who of a case is not there today, and who stands in; never why."""

from __future__ import annotations

from events.calendar import local_day
from web.reading import Reading
from web.site import Site
from web.wording import Wording


async def away(site: Site, tenant: str, reading: Reading, wording: Wording) -> list[str]:
    """A line for everybody with a part in the case who is absent, as far as the page names them."""
    story, state = reading.rules.story, reading.dossier.state
    people = set(story.index(state).parties.values()) & wording.names.keys()
    if not people or story.is_final(state):
        return []
    today = local_day(reading.view.now, reading.view.settings)
    absent = await site.store.absent(tenant, today, people)
    names = await site.store.names(tenant, {one.stands_in for one in absent if one.stands_in})
    said = wording.texts.pages["turn"]["away"]
    lines: list[str] = []
    for one in absent:
        line = said["open"].format(name=one.name)
        if one.to:
            line = said["to"].format(name=one.name, day=wording.day(one.to.isoformat()))
        if name := names.get(one.stands_in or ""):
            line += " " + said["stands_in"].format(name=name)
        lines.append(line)
    return lines

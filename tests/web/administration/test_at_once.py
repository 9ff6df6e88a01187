"""Two at the same moment, and pages that were opened before something else was changed."""

from __future__ import annotations

import asyncio
from typing import Any

from deploy.demo.examples import person_id
from tests.web.administration.hands import HERE, roles_now, sent, shown
from tests.web.example_site import ExampleSite
from web.site import DEMO_BOARD


async def twice(desk: ExampleSite, path: str, data: dict[str, Any]) -> list[int]:
    answers = await asyncio.gather(*(desk.post("saskia", path, data) for _ in range(2)))
    return sorted(answer.status_code for answer in answers)


async def test_a_double_click_makes_nobody_twice(desk: ExampleSite) -> None:
    """Nobody could tell which of two with one address comes in by it."""
    people = "\n".join(f"Jan {n} Tester;jan{n}@dubbel.example;leerkracht" for n in range(25))
    file = {"file": f"naam;e-mail;rollen\n{people}", "go": "yes"}
    assert await twice(desk, f"{HERE}/people/import", file) == [200, 303]
    form = {"name": "Piet", "email": "piet@dubbel.example", "language": "nl", "roles": "teacher"}
    assert await twice(desk, f"{HERE}/people/new", form) == [303, 422]
    for mail in ("jan0", "jan24", "piet"):
        assert len(await desk.store.with_mail(DEMO_BOARD, f"{mail}@dubbel.example")) == 1


async def test_the_address_of_who_left_is_not_given_away(desk: ExampleSite) -> None:
    form = {"name": "Wim Weg", "email": "wim@weg.example", "language": "nl", "roles": "teacher"}
    where = (await sent(desk, "saskia", f"{HERE}/people/new", form)).partition("?")[0]
    await sent(desk, "saskia", f"{where}/leave", {})
    file = {"file": "naam;e-mail\nWim Weg;Wim@weg.example", "go": "yes"}
    html = await sent(desk, "saskia", f"{HERE}/people/import", file, 422)
    assert "Deze persoon heeft geen toegang meer." in html
    await sent(desk, "saskia", where, {**form, "name": "Wim W.", "over": "teacher"})
    assert "geen toegang meer" in await shown(desk, "saskia", where), "another name is no way in"
    await desk.store.add_person(DEMO_BOARD, "Wim Twee", "wim@weg.example")
    html = await sent(desk, "saskia", f"{where}/return", {}, 422)
    assert 'id="email-wrong">Iemand anders heeft dit e-mailadres al.' in html


async def test_an_old_page_gives_no_role_back(desk: ExampleSite) -> None:
    both = ["teacher", "coordinator"]
    form = {"name": "Rol Len", "email": "rol@len.example", "language": "nl", "roles": both}
    where = (await sent(desk, "saskia", f"{HERE}/people/new", form)).partition("?")[0]
    assert 'name="over" value="coordinator teacher"' in await shown(desk, "saskia", where)
    old = {**form, "over": "coordinator teacher"}
    await sent(desk, "boukje", where, {**old, "roles": "teacher"})
    html = await sent(desk, "saskia", where, {**old, "name": "Rol Lens"}, 422)
    assert "Iemand anders heeft intussen de rollen gewijzigd." in html
    assert 'name="over" value="teacher"' in html
    assert 'value="coordinator" checked' not in html
    assert 'value="Rol Lens"' in html, "what was typed beside it is kept"
    entry = await desk.store.entry(DEMO_BOARD, where.rpartition("/")[2])
    assert entry is not None
    assert (entry.name, entry.roles) == ("Rol Len", ("teacher",))


async def test_hr_sends_no_auditor_away_and_nobody_themselves(desk: ExampleSite) -> None:
    noor, saskia = (f"{HERE}/people/{person_id(who)}" for who in ("noor", "saskia"))
    html = await sent(desk, "saskia", f"{noor}/leave", {}, 422)
    assert "Alleen een beheerder laat een auditor of beheerder vertrekken" in html
    assert f'action="{noor}/leave"' not in await shown(desk, "saskia", noor)
    assert "Uw eigen toegang" in await sent(desk, "saskia", f"{saskia}/leave", {}, 422)
    await sent(desk, "boukje", f"{noor}/leave", {})
    await sent(desk, "saskia", f"{noor}/return", {}, 422)
    assert f'action="{noor}/return"' not in await shown(desk, "saskia", noor)
    await sent(desk, "boukje", f"{noor}/return", {})
    assert await roles_now(desk, "noor") == {"auditor"}

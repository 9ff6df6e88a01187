"""What is not handed over at once is told as it is: no page sends people on to nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from deploy.demo.examples import person_id
from tests.web.administration.hands import HERE, sent, shown
from tests.web.example_site import ExampleSite
from web.administration.successors import otherwise
from web.site import DEMO_BOARD
from workflows.registry import RULES


async def test_a_client_cannot_be_replaced_and_the_page_says_so(desk: ExampleSite) -> None:
    case = await desk.app.state.site.dossiers.read(
        DEMO_BOARD, "supervision", desk.ids["in_guidance"]
    )
    assert case is not None
    for who in (case.state.client, case.state.manager, case.state.teacher):
        ask = f"?of={who}&to={person_id('tobias')}&reason=Vertrek&look=yes"
        html = await shown(desk, "rik", f"{HERE}/handover{ask}")
        assert "in het dossier zelf" not in html
        about = who == case.state.teacher
        assert (">kan niet: het dossier gaat over deze persoon<" in html) == about
        assert (">kan niet worden overgedragen<" in html) != about
        assert ("breekt HR of een coördinator het af" in html) != about


def test_what_is_replaced_in_the_case_has_a_command_there() -> None:
    for part in ("contact", "supervisor"):
        assert otherwise("internships", part) == "by_hand"
        assert f"ReplaceHost{part.title()}" in RULES["internships"].commands
    assert otherwise("partners", "contact:2") == "by_hand"
    assert {"AddContact", "EndContact"} <= set(RULES["partners"].commands)
    for process, part in (("placements", "student"), ("departures", "person")):
        assert otherwise(process, part) == "subject"
    assert otherwise("assessments", "manager") == "never"


async def test_a_case_says_who_is_away_and_who_stands_in(desk: ExampleSite) -> None:
    """To who may see the case, for as long as it lasts; why is nowhere."""
    case = await desk.app.state.site.dossiers.read(
        DEMO_BOARD, "supervision", desk.ids["in_guidance"]
    )
    assert case is not None
    manager, path = case.state.manager, f"/supervision/{case.stream}"
    today = datetime.now(UTC).date()
    form = {"person": manager, "from": today.isoformat(), "stands_in": person_id("noor")}
    await sent(desk, "saskia", f"{HERE}/absence", form)
    names = await desk.store.names(DEMO_BOARD, [manager, person_id("noor")])
    name, by = names[manager], names[person_id("noor")]
    for who in ("ellen", "rik"):
        html = await shown(desk, who, path)
        assert f"{name} is afwezig tot nader bericht. {by} neemt waar." in html
    await sent(desk, "saskia", f"{HERE}/absence/end", form)
    later = {**form, "from": (today + timedelta(days=3)).isoformat()}
    await sent(desk, "saskia", f"{HERE}/absence", later)
    assert "is afwezig" not in await shown(desk, "ellen", path)
    await sent(desk, "saskia", f"{HERE}/absence/end", later)
    days = {**form, "to": (today + timedelta(days=3)).isoformat(), "stands_in": ""}
    await sent(desk, "saskia", f"{HERE}/absence", days)
    html = await shown(desk, "ellen", path)
    assert f"{name} is afwezig tot en met" in html
    assert "neemt waar" not in html
    await sent(desk, "saskia", f"{HERE}/absence/end", days)


async def test_a_stand_in_without_the_role_is_warned_of(desk: ExampleSite) -> None:
    advisors = [one.id for one in await desk.store.with_role(DEMO_BOARD, "advisor")]
    parts = {one: await desk.store.parts_of(DEMO_BOARD, one) for one in advisors}
    busy, other = sorted(advisors, key=lambda one: not parts[one])[:2]
    form = {"person": busy, "from": datetime.now(UTC).date().isoformat()}
    for stands_in, unfit in ((other, False), (person_id("noor"), True)):
        await sent(desk, "saskia", f"{HERE}/absence", {**form, "stands_in": stands_in})
        html = await shown(desk, "saskia", f"{HERE}/absence")
        assert ("heeft niet de juiste rol om al dit werk over te nemen" in html) == unfit
        assert "krijgt daardoor geen rechten en geen taken" in html
        await sent(desk, "saskia", f"{HERE}/absence/end", form)

"""What is not handed over at once is told as it is: no page sends people on to nothing."""

from __future__ import annotations

from deploy.demo.examples import person_id
from tests.web.administration.hands import HERE, shown
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
        assert ("breekt een coördinator het af" in html) != about


def test_what_is_replaced_in_the_case_has_a_command_there() -> None:
    for part in ("contact", "supervisor"):
        assert otherwise("internships", part) == "by_hand"
        assert f"ReplaceHost{part.title()}" in RULES["internships"].commands
    assert otherwise("partners", "contact:2") == "by_hand"
    assert {"AddContact", "EndContact"} <= set(RULES["partners"].commands)
    for process, part in (("placements", "student"), ("departures", "person")):
        assert otherwise(process, part) == "subject"
    assert otherwise("assessments", "manager") == "never"

"""A board's own numbers and days off: kept as versions, told where they changed, and put back."""

from __future__ import annotations

import re
from datetime import date

from events.settings import TenantSettings
from tests.web.administration.hands import HERE, last_change, sent, shown
from tests.web.example_site import ExampleSite
from web.administration.settings import GROUPS
from web.site import DEMO_BOARD
from web.texts import LANGUAGES, texts


async def settings_form(desk: ExampleSite, **changes: str) -> dict[str, str]:
    html = await shown(desk, "saskia", f"{HERE}/settings")
    form = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', html))
    form |= {"over": re.findall(r'name="over" value="(\d+)"', html)[0], "vog_policy": "contract"}
    form |= dict(re.findall(r'<input[^>]*id="(ground_\w+)"[^>]* value="([^"]*)"', html))
    return form | changes


async def test_settings_are_kept_as_versions(desk: ExampleSite) -> None:
    form = await settings_form(desk, report="12", hourly_rate="118,5", period_ending="15, 5")
    assert await sent(desk, "saskia", f"{HERE}/settings", form) == f"{HERE}/settings?done=saved"
    settings = await desk.store.settings(DEMO_BOARD)
    assert (settings.report, settings.hourly_rate) == (12, "118.50")
    assert settings.period_ending == (15, 5)
    requested = f"/supervision/{desk.ids['just_requested']}/do/AcceptRequest"
    assert 'value="118,50"' in await shown(desk, "rik", requested)
    assert settings.closed, "what the page does not show stays"
    before, after = await last_change(desk, "settings")
    assert (before["report"], after["report"]) == (10, 12)
    html = await shown(desk, "saskia", f"{HERE}/settings")
    assert "gebruikelijk: 10" in html
    assert 'value="118,50"' in html
    assert "€ 118,50" in html.replace("\xa0", " "), "an amount in the log is one, too"
    assert "Saskia Polderman" in html
    # Somebody who looked before this sees what is there now, and loses nothing that was typed.
    late = await sent(desk, "saskia", f"{HERE}/settings", {**form, "report": "14"}, 422)
    assert "Iemand anders heeft intussen iets opgeslagen" in late
    assert 'value="14"' in late
    for wrong, where in (
        ({"report": "nul"}, "report"),
        ({"report": "0"}, "report"),
        ({"visits_min": "9"}, "visits_default"),
        ({"mail_from_hour": "20"}, "mail_to_hour"),
        ({"hourly_rate": "veel"}, "hourly_rate"),
        ({"ground_student_record": ""}, "ground_student_record"),
    ):
        html = await sent(
            desk, "saskia", f"{HERE}/settings", await settings_form(desk, **wrong), 422
        )
        assert f'href="#{where}"' in html, where
        # What is wrong is in sight, and the rest of the long page stays folded.
        parts = re.findall(r"<details class=\"card part\"( open)?>(.*?)</details>", html, re.DOTALL)
        shown_open = [said for is_open, said in parts if is_open]
        assert [f'id="{where}"' in said for said in shown_open] == [True], where
    kept = await settings_form(desk, months_personnel_file="36", ground_personnel_file="Besluit 7")
    await sent(desk, "saskia", f"{HERE}/settings", kept)
    log = re.sub(r"<[^>]+>", "", await shown(desk, "saskia", HERE))
    assert "; is nu Personeelsdossier: 36 maanden (Besluit 7)" in log
    assert "Zakelijke administratie: 84" not in log, "that stays as it was"
    await sent(desk, "saskia", f"{HERE}/settings/{settings.version}", {})
    version = (await desk.store.settings(DEMO_BOARD)).version
    await sent(desk, "saskia", f"{HERE}/settings/{settings.version - 1}", {})
    undone = await desk.store.settings(DEMO_BOARD)
    assert (undone.version, undone.report) == (version + 1, 10)
    await sent(desk, "saskia", f"{HERE}/settings/999", {}, 404)


def test_every_number_of_a_board_is_on_the_page() -> None:
    shown = {name for names in GROUPS.values() for name in names}
    elsewhere = {"version", "timezone", "region", "closed", "schools", "retention"}
    assert shown | elsewhere == set(TenantSettings.model_fields)
    for language in LANGUAGES:
        assert set(texts(language).pages["administration"]["setting"]) == shown


async def test_days_off_come_by_region_and_one_by_one(desk: ExampleSite) -> None:
    day = {"name": "Studiedag", "from": "2027-03-10", "to": ""}
    await sent(desk, "saskia", f"{HERE}/holidays", day)
    assert await shown(desk, "saskia", f"{HERE}/holidays?year={'9' * 5000}")
    html = await shown(desk, "saskia", f"{HERE}/holidays?year=2026")
    assert "Studiedag" in html
    assert "vrij: Studiedag" in html
    log = re.sub(r"<[^>]+>", "", await shown(desk, "saskia", HERE))
    assert "anders zijnis nu Studiedag, wo 10 maart 2027" in log
    await sent(desk, "saskia", f"{HERE}/holidays/region", {"region": "zuid"})
    settings = await desk.store.settings(DEMO_BOARD)
    assert settings.region == "zuid"
    assert date(2027, 3, 10) in settings.closed_days
    assert date(2027, 2, 15) in settings.closed_days
    assert date(2027, 2, 26) not in settings.closed_days
    log = re.sub(r"<[^>]+>", "", await shown(desk, "saskia", HERE))
    assert "Zomervakantie, za 11 juli 2026 tot en met zo 23 augustus 2026" in log
    assert "Kerstvakantie" not in log, "it is the same in both regions"
    await sent(desk, "saskia", f"{HERE}/holidays/drop", {"key": "2027-03-10/2027-03-10/Studiedag"})
    log = re.sub(r"<[^>]+>", "", await shown(desk, "saskia", HERE))
    assert "was Studiedag, wo 10 maart 2027; is nu vervallen" in log
    assert date(2027, 3, 10) not in (await desk.store.settings(DEMO_BOARD)).closed_days
    for wrong in ({"name": ""}, {"from": "morgen"}, {"to": "2027-03-09"}, {"to": "2028-03-09"}):
        await sent(desk, "saskia", f"{HERE}/holidays", {**day, **wrong}, 422)
    await sent(desk, "saskia", f"{HERE}/holidays/region", {"region": "midden"})

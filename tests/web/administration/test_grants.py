"""Who may make whom what, and what can be no name."""

from __future__ import annotations

import re
from typing import Any

from deploy.demo.examples import person_id
from tests.web.administration.hands import HERE, roles_now, sent, shown
from tests.web.example_site import ExampleSite
from web.site import DEMO_BOARD


async def test_nobody_makes_more_of_themselves(desk: ExampleSite) -> None:
    """Neither hr nor an administrator changes the own roles, on the page or by a file."""
    for by, own in (("saskia", "hr"), ("boukje", "administrator")):
        entry = await desk.store.entry(DEMO_BOARD, person_id(by))
        assert entry is not None
        here = f"{HERE}/people/{entry.id}"
        form: dict[str, Any] = {"name": entry.name, "email": entry.email, "language": "nl"}
        form["over"] = own
        for more in ("auditor", "coordinator"):
            html = await sent(desk, by, here, {**form, "roles": [own, more]}, 422)
            assert "Uw eigen rollen verandert u niet zelf" in html
            file = f"naam;e-mail;rollen\n{entry.name};{entry.email};{own}/{more}\n"
            told = await sent(desk, by, f"{HERE}/people/import", {"file": file, "go": "yes"}, 422)
            assert "Uw eigen rollen verandert u niet zelf" in told
        await sent(desk, by, here, form)
        assert await roles_now(desk, by) == {own}, "what is not asked there stays"


async def test_hr_makes_nobody_auditor_or_administrator(desk: ExampleSite) -> None:
    """Who looks at what hr did is not chosen by hr, who gets at no way in of such people either."""
    noor = await desk.store.entry(DEMO_BOARD, person_id("noor"))
    assert noor is not None
    here = f"{HERE}/people/{noor.id}"
    form: dict[str, Any] = {"name": noor.name, "email": noor.email, "language": "nl"}
    form["over"] = "auditor"
    new = {"name": "Lou Vos", "email": "lou@voorbeeld.example", "language": "nl"}
    for role in ("auditor", "administrator"):
        html = await sent(desk, "saskia", f"{HERE}/people/new", {**new, "roles": role}, 422)
        assert "Alleen een beheerder geeft en ontneemt" in html
        file = f"naam;e-mail;rollen\nLou Vos;lou@voorbeeld.example;{role}\n"
        await sent(desk, "saskia", f"{HERE}/people/import", {"file": file, "go": "yes"}, 422)
    assert await desk.store.with_mail(DEMO_BOARD, "lou@voorbeeld.example") == []
    taken = {**form, "email": "saskia.thuis@voorbeeld.example"}
    assert "Alleen een beheerder verandert" in await sent(desk, "saskia", here, taken, 422)
    assert re.search(r'value="auditor" checked disabled', await shown(desk, "saskia", here))
    await sent(desk, "saskia", here, {**form, "roles": "advisor"})
    assert await roles_now(desk, "noor") == {"auditor", "advisor"}
    await sent(desk, "boukje", here, {**form, "roles": "advisor", "over": "advisor auditor"})
    assert await roles_now(desk, "noor") == {"advisor"}
    await sent(desk, "boukje", here, {**form, "roles": "auditor", "over": "advisor"})
    assert await roles_now(desk, "noor") == {"auditor"}


async def test_nothing_unseen_is_kept_in_names_addresses_and_letters(desk: ExampleSite) -> None:
    form = {"name": "Bo\r\nBcc: x@y.nl\0", "email": "bo\n@b.nl", "language": "nl"}
    html = await sent(desk, "saskia", f"{HERE}/people/new", {**form, "email": "bo\t@b.nl"}, 422)
    assert "Dit is geen goed e-mailadres" in html
    await sent(desk, "saskia", f"{HERE}/people/new", {**form, "email": "bo@b.nl"})
    (bo,) = await desk.store.with_mail(DEMO_BOARD, "bo@b.nl")
    assert (await desk.store.names(DEMO_BOARD, [bo]))[bo] == "Bo Bcc: x@y.nl"
    for break_ in ("\r", "\u2028", "\x0b"):
        letter = {"do": "keep", "subject": f"Hallo{break_}Bcc: x@y.nl", "intro": "Dag"}
        html = await sent(desk, "saskia", f"{HERE}/letters/overdue/nl", letter, 422)
        assert "Het onderwerp is één regel." in html
    for path in ("people?q=%00", f"people?page={'9' * 5000}", f"people?done={'9' * 5000}"):
        await shown(desk, "saskia", f"{HERE}/{path}")
    await shown(desk, "noor", "/audit/administration?from=0001-01-01&to=9999-12-31")

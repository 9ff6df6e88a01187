"""What looks like data of a pupil is warned of; what only resembles it is not."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest

from workflows.partners.pupil_data import maybe_pupil_data

TODAY = date(2026, 9, 1)
KNOWN = ("Kinderopvang De Regenboog", "De Windvaan")


@pytest.mark.parametrize(
    "text",
    [
        "Gesproken over leerling Jayden.",
        "De leerlinge Fatima komt volgende week",
        "leerlingen Daan en Noor",
        "Kind Tim heeft veel baat bij de logopedie",
        "het kind genaamd Sem",
        "zoon Ahmed en dochter Élise",
        "over de kleuter Noud",
        "the pupil called Emma, and her brother",
        "Leerling: Daan Jansen",
        "leerling D. Jansen",
        "Kinderen : Daan en Noor",
        "leerling IJsbrand",
        "Daan uit groep 6",
        "Gesproken over Daan Jansen, uit klas 2b",
        "Noor zit in groep 8",
        "Noor is in group 8",
        "Yusuf (8) krijgt logopedie",
        "Yusuf Demir (12 jaar) komt ook",
        "moeder van Sem",
        "de ouders van S. de Boer belden",
        "the mother of Sem called",
        "zijn dochter Lotte",
        "a talk about the child Tom",
        "De cliënt is geboren op 3 april 2016",
        "geb. 12-03-2015",
        "geboortedatum: 2015-03-12",
        "born 3 May 2017",
        "Tim (12-3-2015) komt op maandag",
        "dossier 123456782",
        "BSN: 123456782.",
    ],
)
def test_it_may_be(text: str) -> None:
    assert maybe_pupil_data(text, KNOWN, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Kennisgemaakt met de nieuwe locatiemanager.",
        "Het ging over de leerling. Afgesproken is dat wij bellen",
        "voor elke leerling\nAanwezig: twee leraren",
        "een middag voor leerlingen van groep 5",
        "het kind Regenboog heet nu anders",
        "voor het kind Windvaan",
        "een leerling Nederlands leren",
        "kind GGD",
        "Leerlingen: wij maakten afspraken",
        "Kinderen: De afspraken blijven",
        "Ouders uit groep 6 helpen mee",
        "Juf Anna uit groep 6 was erbij",
        "mevr. Anna uit groep 6 belde",
        "de ouders van De Windvaan",
        "ouders van leerlingen uit groep 6",
        "zie Bijlage (4) en Groep (8)",
        "De Windvaan (12)",
        "Jan Bakker (45) belde",
        "leerlingen uit groep 6",
        "met Kinderopvang De Regenboog uit groep 6",
        "Jan Bakker belde",
        "wij werken samen sinds 1-9-2019",
        "het convenant van 01-09-2019 tot 31-08-2024",
        "volgende afspraak op 12-10-2026",
        "overleg 12-10-2026",
        "vergaderd, zie het verslag 14-06-2026",
        "op 31-02-2015 gaat niet",
        "begonnen in 2016",
        "bel 0612345678",
        "bel +31 612345678",
        "factuur 20260901",
        "rekening 1234567890",
    ],
)
def test_it_is_not(text: str) -> None:
    assert not maybe_pupil_data(text, KNOWN, TODAY)


def test_who_was_a_pupil_long_ago_is_none() -> None:
    assert not maybe_pupil_data("Piet Bos (12-3-1971)", KNOWN, TODAY)


@pytest.mark.parametrize(
    "piece", ["x", "A.", "Aa ", "Aa\t", "1-1-", " ", "ouders van ", "12 ", "x.", "x  ", "geboren"]
)
def test_the_longest_text_is_read_at_once(piece: str) -> None:
    began = perf_counter()
    maybe_pupil_data((piece * 20_000)[:19_999] + ".", KNOWN, TODAY)
    maybe_pupil_data(piece + " " * 19_980 + ".", KNOWN, TODAY)
    assert perf_counter() - began < 1

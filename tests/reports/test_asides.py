"""What else a sentence speaks of hides no blast that it tells with its day and its place."""

from datetime import date

import pytest

from geodata.reports import read_report

DAY = date(2023, 9, 20)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "district", "killed", "injured"),
    [
        (
            ("On Monday two soldiers who had been clearing a road near Fuzuli stepped on a mine "
            "and were killed."),
            "AZ-FUZ", 2, None,
        ),
        (
            ("Two men who had lost their way stepped on a mine in Aghdam district on Monday and "
            "were wounded."),
            "AZ-AGM", None, 2,
        ),
        (
            ("On Monday in Lachin a mine exploded and three soldiers who had been on patrol were "
            "wounded."),
            "AZ-LAC", None, 3,
        ),
        (
            "Men who had been picking mushrooms hit a mine in Terter on Monday; one died.",
            "AZ-TAR", 1, None,
        ),
        (
            ("The deminer, killed when an anti-tank mine exploded in Jabrayil on Monday, was "
            "honoured with a minute of silence."),
            "AZ-CAB", 1, None,
        ),
        (
            ("Witnesses told reporters that a mine exploded under a bus in Aghdam on Monday, "
            "killing two."),
            "AZ-AGM", 2, None,
        ),
        (
            "В понедельник в Агдамском районе подорвался на мине работник музея, он ранен.",
            "AZ-AGM", None, 1,
        ),
        (
            "Bazar ertəsi Ağdamda iki əsgər minaya düşərək yaralanıb, protez lazım olacaq.",
            "AZ-AGM", None, 2,
        ),
        (
            "A shepherd was killed in a minefield in Aghdam district on Monday.",
            "AZ-AGM", 1, None,
        ),
        (
            "В понедельник пастух погиб на минном поле в Агдамском районе.",
            "AZ-AGM", 1, None,
        ),
        (
            "Bazar ertəsi Ağdam rayonunda çoban minalı sahədə həlak olub.",
            "AZ-AGM", 1, None,
        ),
        ("Seven goats died in a minefield in Aghdam on Monday.", "AZ-AGM", None, None),
        ("Seven goats were killed by a mine in Aghdam on Monday.", "AZ-AGM", None, None),
    ],
)  # fmt: skip
def test_a_blast_beside_something_else(text, district, killed, injured):
    (incident,) = read_report(text, DAY).incidents
    assert incident.date_start == incident.date_end == date(2023, 9, 18)
    assert [p.district_id for p in incident.places] == [district]
    assert (incident.killed or None, incident.injured or None) == (killed, injured)


@pytest.mark.parametrize(
    "text",
    [
        "Two soldiers who had lost legs to mines were given flats in Barda on Monday.",
        "On Monday a minute of silence was kept for men who had been killed by mines in Aghdam.",
        (
            "On Monday the court in Baku sentenced a man for a mine that exploded in Aghdam and "
            "killed two."
        ),
        "At Monday's ceremony in Barda two former soldiers who lost legs to a mine were honoured.",
        "В понедельник суд в Баку вынес приговор: на мине в Агдаме подорвались двое.",
        "Bazar ertəsi Bakıda məhkəmədə deyilib ki, Ağdamda minaya düşən iki nəfər ölüb.",
    ],
)
def test_a_blast_that_a_trial_or_a_ceremony_recalls(text):
    assert read_report(text, DAY).incidents == ()


@pytest.mark.parametrize(
    "text",
    [
        "Demining work in Aghdam was stopped on Monday when 20 sheep died of a disease.",
        "ANAMA said two mine detection dogs died in Aghdam on Monday.",
    ],
)
def test_animals_that_died_where_mines_are_cleared(text):
    assert read_report(text, DAY).incidents == ()

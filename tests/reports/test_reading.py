"""What a report says of when, where, who and on whose word, in each language."""

from datetime import date

import pytest

from geodata.reports import IncidentCandidate, read_report

DAY = date(2023, 6, 7)
"""A Wednesday."""
FRAMES = {
    "en": "A mine killed a shepherd in Aghdam district {}, police said.",
    "ru": "В Агдамском районе {} на мине подорвался пастух, он погиб.",
    "az": "Ağdam rayonunda {} çoban minaya düşüb və həlak olub.",
}


def only(text: str, published: date = DAY) -> IncidentCandidate:
    (incident,) = read_report(text, published).incidents
    return incident


@pytest.mark.parametrize(
    ("language", "words", "first", "last", "precision"),
    [
        ("en", "on 5 June", "06-05", "06-05", 1),
        ("en", "on 2023-06-05", "06-05", "06-05", 1),
        ("en", "on Monday", "06-05", "06-05", 1),
        ("en", "overnight into Tuesday", "06-05", "06-06", 2),
        ("en", "last week", "05-29", "06-04", 3),
        ("en", "in late May", "05-21", "05-31", 4),
        ("en", "between 1 and 3 June", "06-01", "06-03", 2),
        ("en", "shortly before midnight on Monday", "06-05", "06-05", 1),
        ("ru", "в ночь на понедельник", "06-04", "06-05", 2),
        ("ru", "накануне вечером", "06-06", "06-06", 1),
        ("ru", "третьего июня", "06-03", "06-03", 1),
        ("ru", "в первых числах июня", "06-01", "06-10", 4),
        ("az", "iyunun 5-də", "06-05", "06-05", 1),
        ("az", "5 iyun tarixində", "06-05", "06-05", 1),
        ("az", "iyunun 4-dən 5-nə keçən gecə", "06-04", "06-05", 2),
        ("az", "mayın ortalarında", "05-11", "05-20", 4),
    ],
)
def test_when(language: str, words: str, first: str, last: str, precision: int) -> None:
    found = only(FRAMES[language].format(words))
    assert (f"{found.date_start:%m-%d}", f"{found.date_end:%m-%d}") == (first, last)
    assert found.date_precision == precision


def test_a_weekday_that_disagrees_with_its_date_is_said() -> None:
    reading = read_report(FRAMES["en"].format("on Sunday, June 5"), DAY)
    assert any("disagree" in warning for warning in reading.warnings)


def test_a_text_later_than_its_day_of_publication_is_said() -> None:
    reading = read_report(FRAMES["en"].format("on June 12"), DAY)
    assert any("after the day of publication" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    "text",
    [
        "A resident of Barda was killed by a mine in Aghdam on Monday. He was taken to a hospital in "
        "Beylagan. The Fuzuli district prosecutor's office is investigating, officials in Baku said.",
        "Житель Барды подорвался на мине в Агдамском районе в понедельник. Его доставили в больницу "
        "Бейлагана. Прокуратура Физулинского района ведет расследование.",
        "Bərdə sakini bazar ertəsi Ağdam rayonunda minaya düşüb. O, Beyləqan rayon xəstəxanasına "
        "aparılıb. Faktla bağlı Füzuli rayon prokurorluğunda araşdırma aparılır.",
    ],
)
def test_home_hospital_and_office_are_not_the_place(text: str) -> None:
    assert [p.district_id for p in only(text).places] == ["AZ-AGM"]


def test_a_place_elsewhere_is_named_with_its_country() -> None:
    (place,) = only("Two farmers were hurt by a mine in Ukraine's Kherson region on Monday.").places
    assert (place.district_id, place.district_name, place.country) == (None, "Kherson", "UA")


@pytest.mark.parametrize(
    ("text", "killed", "injured", "groups"),
    [
        ("A mine killed a father and his two sons in Lachin on Monday.", 3, None, {"civilian"}),
        ("Five people, including two journalists, were hurt by a mine in Lachin on Monday.",
         None, 5, {"journalist", "unknown"}),
        ("One of the two soldiers who hit a mine in Lachin on Monday has died in hospital.",
         1, 1, {"military"}),
        ("Several people were wounded by a mine in Lachin on Monday.", None, None, {"unknown"}),
        ("A mine killed twelve sheep and wounded a shepherd in Lachin on Monday.",
         None, 1, {"civilian"}),
        ("Nobody was hurt when a truck hit a mine in Lachin on Monday.", 0, 0, set()),
        ("Employees of the mine action agency, Misal Numunayev and Ornek Numunayev, were injured by a "
         "mine in Lachin on Monday.", None, 2, {"deminer"}),
        ("Двое сапёров и полицейский ранены при взрыве мины в Лачине в понедельник.",
         None, 3, {"deminer", "police"}),
        ("Laçında bazar ertəsi mina partlayıb, üç nəfərdən biri həlak olub, ikisi yaralanıb.",
         1, 2, {"unknown"}),
    ],
)  # fmt: skip
def test_who(text: str, killed: int | None, injured: int | None, groups: set[str]) -> None:
    found = only(text)
    assert (found.killed, found.injured) == (killed, injured)
    assert {row.group for row in found.casualties} == groups


def test_no_name_of_a_person_is_kept() -> None:
    text = "Misal Numunayev and Ornek Numunayev were injured by a mine in Lachin on Monday."
    assert "Numunayev" not in str(only(text).as_dict())


def test_the_source_and_the_medium_that_quotes_it() -> None:
    text = "A mine killed a man in Lachin on Monday, the Defence Ministry told Interfax."
    assert only(text).source_chain == "the Defence Ministry, cited by Interfax"


def test_a_denied_figure_stands_beside_the_confirmed_one() -> None:
    text = (
        "Unconfirmed reports said a mine killed two people in Lachin on Monday. The ministry denied "
        "the reports; only one soldier was injured."
    )
    found = only(text)
    assert found.disputed
    assert found.injured == 1
    assert [(r.low, r.best, r.high) for r in found.casualties if r.outcome == "killed"] == [
        (0, None, 2)
    ]


def test_one_blast_told_in_headline_and_body_is_one() -> None:
    text = (
        "Mine blast in Lachin: two dead\n\nTwo soldiers were killed by a mine in Lachin on Monday. "
        "Earlier, on May 30, a shepherd was wounded by a mine in Fuzuli."
    )
    first, second = read_report(text, DAY).incidents
    assert (first.killed, second.injured) == (2, 1)
    assert second.date_start == date(2023, 5, 30)


@pytest.mark.parametrize(
    "text",
    [
        "Since November 2020 mines have killed 68 people in Aghdam.",
        "Four miners were killed in a coal mine on Monday.",
        "A friend of mine was injured in Aghdam on Monday.",
        "Shelling killed two people in Lachin on Monday. The area is full of mines.",
        "A roadside bomb killed two soldiers in Lachin on Monday.",
        "During an exercise a training mine went off; soldiers played the wounded.",
        "Sappers defused a mine in Aghdam on Monday. No one was hurt.",
        "The Defence Ministry denied reports that a vehicle had hit a mine in Kalbajar.",
        "С начала года на минах подорвались восемь человек, трое погибли.",
        "С мрачной миной на лице министр объявил об отставке.",
        "Otuz ildə 3400-dən çox azərbaycanlı mina qurbanı olub.",
    ],
)
def test_what_is_no_incident(text: str) -> None:
    assert read_report(text, DAY).incidents == ()

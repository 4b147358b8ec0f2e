"""Who is counted: parts told one by one, pronouns, kin, elided verbs, later deaths, bystanders."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from geodata.reports import read_report

PUBLISHED = date(2023, 9, 20)
CASES = Path(__file__).with_name("counting.txt").read_text("utf-8").splitlines()
"""The numbers killed and injured, their groups, and a text of one blast on Monday."""


@pytest.mark.parametrize("case", [c for c in CASES if c and not c.startswith("#")])
def test_people_are_counted(case: str) -> None:
    label, _, text = case.partition(": ")
    killed, injured, groups = label.split()
    (incident,) = read_report(text.replace(" / ", "\n"), PUBLISHED).incidents
    assert (f"k{incident.killed or 0}", f"i{incident.injured or 0}") == (killed, injured)
    assert incident.date_start == date(2023, 9, 18)
    found = "+".join(sorted({row.group for row in incident.casualties if row.low != 0})) or "none"
    assert groups == "any" or found in groups.split("|")


@pytest.mark.parametrize(
    "text",
    [
        "Families of eight men killed by mines in Fuzuli received flats in Baku on Monday.",
        "Bazar ertəsi Füzulidə minadan həlak olan səkkiz nəfərin ailəsinə mənzil verilib.",
        "The army honoured sappers who lost limbs clearing mines in Fuzuli on Monday.",
        "В понедельник на учениях в Физули спасатели отработали эвакуацию подорвавшихся на мине.",
        "Deminers blew up 40 anti-tank mines in Fuzuli on Monday.",
        "A resident of Lachin told reporters how he lost his legs when he trod on a mine in 1993.",
        'On Monday a mine hit a column in an exercise in Fuzuli, three "wounded" were carried.',
        "Bazar ertəsi Bakıda kurs başlayıb. Qatılanlardan ikisi əvvəlki illərdə minadan yaralanıb.",
        "An engineer made boots for dozens of sappers injured in Fuzuli and Jabrayil by the dozen.",
        "16 октября в школе прошел урок. Наступивший на мину может потерять ногу, сказали детям.",
        "Bazar ertəsi Bakıda ombudsman minaya düşərək ayağını itirmiş dörd nəfərlə görüşüb.",
        "The winner of the contest drew her uncle, who lost a leg to a mine in 2021.",
    ],
)
def test_no_blast_is_told_of(text: str) -> None:
    assert not read_report(text, PUBLISHED).incidents


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("A mine wounded a shepherd near Kangarli in Aghdam district on Monday.", "AZ-AGM"),
        ("В понедельник в агдамском селе Марзили чабан подорвался на мине.", "AZ-AGM"),
        ("В понедельник на гадрутском направлении на мине ранен солдат.", "AZ-XVD"),
        ("Three deminers were hospitalised after a mine accident in Fuzuli on Monday.", "AZ-FUZ"),
    ],
)
def test_places(text: str, district: str) -> None:
    (incident,) = read_report(text, PUBLISHED).incidents
    assert [p.district_id for p in incident.places] == [district]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A mine killed a driver near Kismayo in Somalia's Lower Juba on Monday.", "SO:Lower Juba"),
        ("A mine killed a boy near the Afghan village of Zer in Ghor on Monday.", "AF:Ghor"),
        (
            "A mine killed a man near the Bosnian town of Olovo on Monday.",
            "BA:Federation of Bosnia and Herzegovina",
        ),
        ("A soldier trod on a mine in Torit in South Sudan on Monday.", "SS:Eastern Equatoria"),
        ("В понедельник в афганской провинции Гор на мине погибли дети.", "AF:Ghor"),
        ("В понедельник под Мосулом в Ираке на мине подорвался фермер.", "IQ:Nineveh"),
        ("В понедельник в йеменской провинции Ходейда на мине погиб рыбак.", "YE:Hodeidah"),
        ("Bazar ertəsi Somalinin Hiran bölgəsində avtobus minaya düşüb, üç ölü var.", "SO:Hiran"),
        ("Bazar ertəsi Əfqanıstanın Fəryab vilayətində mina üç uşağı öldürüb.", "AF:Faryab"),
        ("Bazar ertəsi Suriyanın Mənbic şəhərində fermer minaya düşüb.", "SY:Aleppo"),
    ],
)
def test_places_abroad(text: str, place: str) -> None:
    (incident,) = read_report(text, PUBLISHED).incidents
    assert [f"{p.country}:{p.district_name}" for p in incident.places] == [place]


def test_a_father_s_name_is_no_country() -> None:
    text = (
        "Bazar ertəsi Füzulinin kəndində 1984-cü il təvəllüdlü Nümunəyev Misal Malik oğlu minaya "
        "düşərək yaralanıb."
    )
    (incident,) = read_report(text, PUBLISHED).incidents
    assert [p.district_id for p in incident.places] == ["AZ-FUZ"]


@pytest.mark.parametrize(
    "text",
    [
        "A soldier died of his wounds on Tuesday, a day after a mine blast in Fuzuli.",
        "Во вторник, через день после подрыва на мине в Физули, скончался солдат.",
        "Two men were hurt by mines on Monday in Fuzuli.",
        "В минувший понедельник в Физули пастух подорвался на мине.",
        "Sentyabrın on səkkizində Füzulidə çoban minaya düşüb, ayağını itirib.",
        "Bu həftənin bazar ertəsi günü Füzulidə çoban minaya düşüb, ayağını itirib.",
        "It came to light on Tuesday that a shepherd had set off a mine in Fuzuli on Monday.",
        "О подрыве на мине жителя Физули стало известно во вторник. Он шёл 18 сентября в лес.",
        "Рядом с автобусом с паломниками 18 сентября в Физули взорвалась мина, ранен один человек.",
    ],
)
def test_days(text: str) -> None:
    (incident,) = read_report(text, PUBLISHED).incidents
    assert incident.date_start == date(2023, 9, 18)


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("Last night a mine wounded a shepherd in Fuzuli.", "09-19", "09-20", 2),
        ("Прошлой ночью в Физули пастух подорвался на мине.", "09-19", "09-20", 2),
        ("Dünən gecə Füzulidə çoban minaya düşüb, ayağını itirib.", "09-19", "09-20", 2),
        ("Sentyabrın 17-si və ya 18-də Füzulidə mina bir çobanı öldürüb.", "09-17", "09-18", 2),
        ("В начале недели в Физули пастух подорвался на мине.", "09-18", "09-20", 3),
        ("Ötən gecə Füzulidə mina partlayıb, 2 nəfər ölüb.", "09-19", "09-20", 2),
    ],
)  # fmt: skip
def test_several_days(text: str, first: str, last: str, precision: int) -> None:
    (incident,) = read_report(text, PUBLISHED).incidents
    days = f"{incident.date_start:%m-%d}", f"{incident.date_end:%m-%d}"
    assert (*days, incident.date_precision) == (first, last, precision)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("Həftənin əvvəlində Füzulidə mina bir çobanı yaralayıb.", "09-20"),
        ("At the start of the week a mine hurt a shepherd in Fuzuli.", "09-20"),
        ("В начале недели в Физули мина ранила пастуха.", "09-20"),
    ],
)
def test_the_start_of_a_week_ends_with_its_third_day(text: str, last: str) -> None:
    (incident,) = read_report(text, PUBLISHED + timedelta(days=3)).incidents
    assert (f"{incident.date_start:%m-%d}", f"{incident.date_end:%m-%d}") == ("09-18", last)


def test_the_day_of_the_blast_is_told_after_that_of_a_death() -> None:
    text = (
        "Füzulidə mina partlayışında ağır yaralanan çoban dünən Bakıda dünyasını dəyişib. "
        "Xatırladaq ki, hadisə sentyabrın 14-də Nümunəli kəndində olub."
    )
    (incident,) = read_report(text, PUBLISHED).incidents
    assert (incident.date_start.day, incident.killed) == (14, 1)


def test_a_village_lies_where_its_district_is_named_not_where_the_next_blast_was() -> None:
    text = (
        "On September 17 a shepherd was hurt by a mine in the Marzili village of Aghdam. A day "
        "later a truck hit a mine in Zangilan; its driver was killed."
    )
    found = [[p.district_id for p in i.places] for i in read_report(text, PUBLISHED).incidents]
    assert found == [["AZ-AGM"], ["AZ-ZAN"]]


def test_a_second_blast_on_the_same_day_keeps_its_people() -> None:
    text = (
        "Вечером 18 сентября в Физули подорвался сапёр. Он лишился ноги. В тот же день в Физули на "
        "мину наступили два брата. Один из них погиб, второй ранен."
    )
    found = [(i.killed or 0, i.injured or 0) for i in read_report(text, PUBLISHED).incidents]
    assert found == [(0, 1), (1, 1)]


def test_an_investigation_opened_after_a_blast_tells_of_it() -> None:
    text = "An investigation has been opened after a mine left a driver injured in Tartar."
    (incident,) = read_report(text, PUBLISHED).incidents
    assert (incident.injured, incident.date_start) == (1, PUBLISHED)


def test_a_village_nobody_lists_is_sooner_at_its_victims_home_than_where_the_last_blast_was() -> (
    None
):
    text = (
        "Тракторист ранен миной в Агдаме 17 сентября. Так, 18 сентября подорвались двое жителей "
        "Физулинского района, зашедшие в село Нумунали."
    )
    reading = read_report(text, PUBLISHED)
    assert [p.district_id for p in reading.incidents[-1].places] == ["AZ-FUZ"]
    assert "The report names Fuzuli as a home, not as the place of the blast." in reading.warnings


@pytest.mark.parametrize(
    "text",
    [
        "Füzuli rayon xəstəxanası: sentyabrın 18-də Nümunəli kəndində mina bir çobanı yaralayıb.",
        "A mine hurt a man in the village of Numunali on September 18. He is a native of Fuzuli.",
        "A mine hurt a man in the village of Numunali on September 18. He is in Fuzuli hospital.",
        "FUZULI, September 19. A mine hurt a shepherd in the village of Numunali on September 18.",
        "A Baku-based firm's driver was hurt by a mine in the village of Numunali on September 18.",
    ],
)
def test_a_hospital_a_home_and_a_dateline_are_no_place_of_a_blast(text: str) -> None:
    (incident,) = read_report(text, PUBLISHED).incidents
    assert [(p.district_id, p.place_name) for p in incident.places] in (
        [(None, "Numunali")],
        [(None, "Nümunəli")],
    )


@pytest.mark.parametrize(
    "text",
    [
        "A mine hurt a resident of Saatli at Numunali village. Fuzuli district police investigate.",
        "Sentyabrın 18-də Nümunəli kəndində mina bir çobanı yaralayıb. Füzuli RPŞ araşdırır.",
        "Прокуратура Физулинского района: 18 сентября в селе Нумунали мина ранила чабана.",
    ],
)
def test_the_district_of_the_office_that_investigates_is_taken_with_a_warning(text: str) -> None:
    reading = read_report(text, PUBLISHED)
    (incident,) = reading.incidents
    assert [p.district_id for p in incident.places] == ["AZ-FUZ"]
    warning = "The report names Fuzuli as where an office is, not as the place of the blast."
    assert warning in reading.warnings
    (span,) = [s for s in incident.evidence if s.field == "places.0"]
    assert text[span.start : span.end].endswith(("Fuzuli", "Füzuli", "Физулинского"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A mine hurt a man in Numunali village of Azerbaijan's Aghdam district.", "AZ-AGM"),
        ("Ağdamın işğaldan azad olunmuş Nümunəli kəndində mina bir çobanı yaralayıb.", "AZ-AGM"),
        ("Близ села Нумунали Агдамского района житель ранен миной.", "AZ-AGM"),
        ("A mine killed two men in the province of al-Jawf, Yemen.", "YE:Al-Jawf"),
        ("Pakistanın Çitral bölgəsində mina bir oğlanı öldürüb.", "PK:Khyber Pakhtunkhwa"),
        ("Türkiyənin Ağrı vilayətində mina bir çobanı öldürüb.", "TR:Ağrı"),
        ("Suriyanın Həma vilayətində mina bir çobanı öldürüb.", "SY:Hama"),
        ("На мине в провинции Дараа погиб пастух.", "SY:Daraa"),
        ("На мине в афганской провинции Гельманд погиб пастух.", "AF:Helmand"),
    ],
)
def test_where_a_blast_was_is_told_in_any_form(text: str, place: str) -> None:
    (incident,) = read_report(text, PUBLISHED).incidents
    (found,) = incident.places
    assert found.district_id == place or f"{found.country}:{found.district_name}" == place


def test_what_sums_up_several_blasts_belongs_to_none() -> None:
    text = (
        "Mines have claimed two more victims in two days. On September 18 a deminer lost a foot in "
        "Aghdam. On September 19 a bulldozer hit a mine in Fuzuli, its driver was concussed. Both "
        "victims are under observation in hospital."
    )
    found = [(i.killed or 0, i.injured or 0) for i in read_report(text, PUBLISHED).incidents]
    assert found == [(0, 1), (0, 1)]


def test_the_day_of_an_operation_is_not_that_of_the_blast() -> None:
    text = "Avqustun sonunda Ağdamda minaya düşən kənd sakini bu həftə Bakıda əməliyyat olunub."
    (incident,) = read_report(text, PUBLISHED).incidents
    assert (incident.date_start, incident.date_precision) == (date(2023, 8, 21), 4)


@pytest.mark.parametrize(
    "text",
    [
        (
            "A mine killed five people in Fuzuli on Monday, state television said, while residents "
            "said eight labourers died."
        ),
        (
            "A mine killed five people in Fuzuli on Monday, the governor said. Another source said "
            "that eight people were killed."
        ),
        (
            "В понедельник в Физули на мине подорвался автобус. По данным полиции, погибли пять "
            "рабочих, по данным врачей, погибли восемь человек."
        ),
        (
            "В понедельник в Физули на мине подорвался автобус. Агентство сообщает о пяти "
            "погибших, другие источники говорят о восьми погибших."
        ),
        (
            "Bazar ertəsi Füzulidə avtobus minaya düşüb. Polisin məlumatına görə 5 nəfər ölüb. "
            "Başqa mənbə isə 8 nəfərin öldüyünü bildirir."
        ),
    ],
)
def test_two_sources_with_two_numbers_are_a_range(text: str) -> None:
    (incident,) = read_report(text, PUBLISHED).incidents
    (row,) = incident.casualties
    assert (row.outcome, row.low, row.best, row.high) == ("killed", 5, 5, 8)

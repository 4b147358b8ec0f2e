"""Phrasings of agencies: wrapped lines, further people, people told twice, nights, animals."""

from datetime import date

import pytest

from geodata.reports import read_report

DAY = date(2023, 9, 20)
"""A Wednesday."""

# Text, then for each incident: days (month-day, to month-day), district, killed, injured, groups.
CASES = [
    (
        "В понедельник в Тертере при взрыве мины азербайджанский солдат погиб, миротворец ранен.",
        [("09-18", "AZ-TAR", 1, 1, "military peacekeeper")],
    ),
    (
        "A serviceman, a senior lieutenant, was killed by a mine in Lachin on Monday.",
        [("09-18", "AZ-LAC", 1, None, "military")],
    ),
    (
        "В понедельник в Лачине при взрыве мины ранены двое солдат, угрозы их жизни нет.",
        [("09-18", "AZ-LAC", None, 2, "military")],
    ),
    (
        "Laçında bazar ertəsi odun yığmaq üçün gedən kişi minaya düşüb, iki qabırğası sınıb.",
        [("09-18", "AZ-LAC", None, 1, "civilian")],
    ),
    (
        (
            "A farmer died when his tractor hit an anti-tank mine in the village\nof Marzili "
            "in Aghdam district on\nSeptember 14, prosecutors said. The man lived in\nBarda."
        ),
        [("09-14", "AZ-AGM", 1, None, "civilian")],
    ),
    (
        (
            "Житель села Алиханлы подорвался на мине в Физулинском\nрайоне 12\nсентября. Он "
            "получил ранения и доставлен\nв больницу Бейлагана."
        ),
        [("09-12", "AZ-FUZ", None, 1, "civilian")],
    ),
    (
        (
            "Sentyabrın 11-də Laçın\nrayonunun ərazisində minaya düşən\nçoban yaralanıb. O, "
            "Bərdə\nrayon xəstəxanasına aparılıb."
        ),
        [("09-11", "AZ-LAC", None, 1, "civilian")],
    ),
    (
        (
            "A mine went off in Aghdam district, wounding a local man. The 40-year-old "
            "entered a mined area in the village of Kangarli on September 18."
        ),
        [("09-18", "AZ-AGM", None, 1, "civilian")],
    ),
    (
        (
            "A civilian has been killed by a mine in Khojavand, the prosecutor's office said "
            "today. Born in 1980, he stepped on a mine in the village of Tugh on September "
            "17."
        ),
        [("09-17", "AZ-XVD", 1, None, "civilian")],
    ),
    (
        (
            "В Агдамском районе на мине подорвался мирный житель, сообщила сегодня "
            "прокуратура. Мужчина зашел на заминированный участок в селе Кенгерли 18 "
            "сентября и был ранен."
        ),
        [("09-18", "AZ-AGM", None, 1, "civilian")],
    ),
    (
        (
            "Ağdam rayonunda mülki şəxs minaya düşüb, bu barədə bu gün məlumat verilib. O, "
            "sentyabrın 18-də Kəngərli kəndində minalanmış əraziyə daxil olub və xəsarət "
            "alıb."
        ),
        [("09-18", "AZ-AGM", None, 1, "civilian")],
    ),
    (
        (
            "A soldier was killed by a mine in Kalbajar on Monday. Another serviceman was "
            "slightly hurt."
        ),
        [("09-18", "AZ-KAL", 1, 1, "military")],
    ),
    (
        (
            "A border guard was badly wounded by a mine in Zangilan on Monday; a second "
            "border guard lost a foot."
        ),
        [("09-18", "AZ-ZAN", None, 2, "military")],
    ),
    (
        ("A surveyor was killed by a mine in Jabrayil on Monday and his assistant was wounded."),
        [("09-18", "AZ-CAB", 1, 1, "civilian")],
    ),
    (
        (
            "Геодезист погиб при взрыве мины в Джебраильском районе в понедельник, его "
            "помощник ранен."
        ),
        [("09-18", "AZ-CAB", 1, 1, "civilian")],
    ),
    (
        (
            "Двое пограничников подорвались на мине в Зангеланском районе в понедельник. "
            "Один получил контузию, второй лишился ноги."
        ),
        [("09-18", "AZ-ZAN", None, 2, "military")],
    ),
    (
        (
            "Kəlbəcərdə bazar ertəsi mina partlayıb, bir əsgər həlak olub. Digər hərbçi "
            "yüngül yaralanıb."
        ),
        [("09-18", "AZ-KAL", 1, 1, "military")],
    ),
    (
        ("Cəbrayılda bazar ertəsi minaya düşən sürücü həlak olub, köməkçisi isə xəsarət alıb."),
        [("09-18", "AZ-CAB", 1, 1, "civilian")],
    ),
    (
        (
            "An officer of the Russian peacekeeping contingent was wounded by a mine in "
            "Khojaly on Monday."
        ),
        [("09-18", "AZ-XCI", None, 1, "peacekeeper")],
    ),
    (
        (
            "Офицер российского миротворческого контингента ранен при подрыве на мине в "
            "Ходжалинском районе в понедельник."
        ),
        [("09-18", "AZ-XCI", None, 1, "peacekeeper")],
    ),
    (
        (
            "Xocalıda bazar ertəsi Rusiya sülhməramlı kontingentinin zabiti minaya düşərək "
            "yaralanıb."
        ),
        [("09-18", "AZ-XCI", None, 1, "peacekeeper")],
    ),
    (
        "An employee of the State Border Service was hurt by a mine in Gubadli on Monday.",
        [("09-18", "AZ-QBI", None, 1, "military")],
    ),
    (
        (
            "One person was killed and another injured on Monday when a passenger car ran "
            "over a mine in Fuzuli district."
        ),
        [("09-18", "AZ-FUZ", 1, 1, "civilian")],
    ),
    (
        (
            "В понедельник в Физулинском районе легковой автомобиль наехал на мину, один "
            "человек погиб, еще один ранен."
        ),
        [("09-18", "AZ-FUZ", 1, 1, "civilian")],
    ),
    (
        (
            "Füzuli rayonunda bazar ertəsi minik avtomobili minaya düşüb, bir nəfər ölüb, "
            "bir nəfər yaralanıb."
        ),
        [("09-18", "AZ-FUZ", 1, 1, "civilian")],
    ),
    (
        (
            "Four people killed by mine in Kalbajar\n\nA mine killed two men and two women "
            "in Kalbajar district on Monday."
        ),
        [("09-18", "AZ-KAL", 4, None, "civilian")],
    ),
    (
        (
            "Three killed as minibus hits mine in Kalbajar\n\nTwo journalists and a village "
            "official died on Monday in Kalbajar district when their minibus hit a mine."
        ),
        [("09-18", "AZ-KAL", 3, None, "civilian journalist")],
    ),
    (
        "В понедельник в Физули на мине погибли четверо членов одной семьи.",
        [("09-18", "AZ-FUZ", 4, None, "civilian")],
    ),
    (
        "Füzulidə bazar ertəsi bir ailənin dörd üzvü minaya düşərək həlak olub.",
        [("09-18", "AZ-FUZ", 4, None, "civilian")],
    ),
    (
        (
            "Ağdərədə bazar ertəsi mühəndis-istehkamçı minaya düşüb, ayağından yaralanıb. "
            "Hərbi qulluqçu hospitala təxliyə edilib."
        ),
        [("09-18", None, None, 1, None)],
    ),
    (
        (
            "Сапер инженерных войск ранен при взрыве мины в Лачинском районе в понедельник. "
            "Военнослужащий эвакуирован в госпиталь."
        ),
        [("09-18", "AZ-LAC", None, 1, None)],
    ),
    (
        (
            "Three cows were killed by a mine in Aghdam on Monday. Their owner, a resident "
            "of Aghdam, was not near."
        ),
        [("09-18", "AZ-AGM", None, None, "")],
    ),
    (
        (
            "Two cows belonging to a resident of Goranboy were blown up by a mine in Tartar "
            "district on Monday."
        ),
        [("09-18", "AZ-TAR", None, None, "")],
    ),
    (
        ("В Тертерском районе в понедельник на мине подорвались три коровы местного жителя."),
        [("09-18", "AZ-TAR", None, None, "")],
    ),
    (
        ("Tərtər rayonunda bazar ertəsi kənd sakininin iki inəyi minaya düşərək tələf olub."),
        [("09-18", "AZ-TAR", None, None, "")],
    ),
    (
        ("ANAMA-nın minatəmizləyəni dünən Xocavənd rayonunun Tuğ kəndi ərazisində xəsarət alıb."),
        [("09-19", "AZ-XVD", None, 1, "deminer")],
    ),
    (
        (
            "Dünən Ağdam rayonunun Şelli kəndi ərazisində minatəmizləmə zamanı ANAMA-nın "
            "əməkdaşı yaralanıb."
        ),
        [("09-19", "AZ-AGM", None, 1, "deminer")],
    ),
    (
        "A truck hit a mine in Lachin overnight, killing the driver.",
        [("09-19/09-20", "AZ-LAC", 1, None, "civilian")],
    ),
    (
        "In the night to 19 September a mine killed a soldier in Lachin.",
        [("09-18/09-19", "AZ-LAC", 1, None, "military")],
    ),
    (
        "Минувшей ночью в Лачинском районе на мине подорвался солдат, он погиб.",
        [("09-19/09-20", "AZ-LAC", 1, None, "military")],
    ),
    (
        "В ночь на 19 сентября в Лачинском районе на мине подорвался солдат, он погиб.",
        [("09-18/09-19", "AZ-LAC", 1, None, "military")],
    ),
    (
        "Sentyabrın 19-na keçən gecə Laçın rayonunda minaya düşən əsgər həlak olub.",
        [("09-18/09-19", "AZ-LAC", 1, None, "military")],
    ),
    (
        (
            "One deminer was injured by a mine in Aghdam on Monday. An earlier report that "
            "three had been hurt was wrong, the agency said."
        ),
        [("09-18", "AZ-AGM", None, 1, "deminer")],
    ),
    (
        (
            "Сапер ранен при взрыве мины в Агдамском районе в понедельник. Более раннее "
            "сообщение о трех пострадавших было ошибочным."
        ),
        [("09-18", "AZ-AGM", None, 1, "deminer")],
    ),
    (
        (
            "В Лачинском районе в понедельник солдат ранен при подрыве на мине. Ранее там же "
            "подорвались двое мирных жителей, оба погибли."
        ),
        [("09-18", "AZ-LAC", None, 1, "military"), (None, "AZ-LAC", 2, None, "civilian")],
    ),
    (
        (
            "An exercise simulating a landmine accident was held in Aghdam on Monday. "
            "Volunteers played two wounded deminers, who were taken to hospital."
        ),
        [],
    ),
    (
        (
            "В Агдаме в понедельник прошли учения: сымитирован подрыв на мине, двое "
            'добровольцев-"раненых" доставлены в госпиталь.'
        ),
        [],
    ),
    (
        (
            "Azerbaijan launched a military operation in Karabakh on Tuesday after saying "
            "six of its citizens were killed by mines in two separate incidents."
        ),
        [],
    ),
    (
        (
            "Азербайджан начал операцию в Карабахе, заявив, что шесть его граждан погибли на "
            "минах в двух случаях."
        ),
        [],
    ),
    (
        (
            "Three deminers were wounded by a mine in Aghdam on Monday, two of them "
            "seriously, one a minor wound."
        ),
        [("09-18", "AZ-AGM", None, 3, "deminer")],
    ),
    (
        (
            "Five passengers, two journalists among them, were hurt when a minibus hit a "
            "mine in Shusha on Monday."
        ),
        [("09-18", "AZ-SUS", None, 5, "civilian journalist")],
    ),
    (
        "Four members of one family died when their car hit a mine in Fuzuli on Monday.",
        [("09-18", "AZ-FUZ", 4, None, "civilian")],
    ),
    (
        (
            "A sergeant lost his leg in a mine blast in Kalbajar yesterday, while a private "
            "escaped with concussion."
        ),
        [("09-19", "AZ-KAL", None, 2, "military")],
    ),
    (
        (
            "A beekeeper from Ganja has died after stepping on a mine in Kalbajar's Zar "
            "village on Monday."
        ),
        [("09-18", "AZ-KAL", 1, None, "civilian")],
    ),
    (
        (
            "Пчеловод из Гянджи, подорвавшийся в понедельник на мине в селе Зар "
            "Кельбаджарского района, скончался в больнице."
        ),
        [("09-18", "AZ-KAL", 1, None, "civilian")],
    ),
    (
        (
            "A policeman was wounded by a mine in Hadrut, Khojavend district, on Monday. "
            "Earlier, on September 2, a shepherd lost a foot in the same district."
        ),
        [("09-18", "AZ-XVD", None, 1, "police"), ("09-02", "AZ-XVD", None, 1, "civilian")],
    ),
    (
        (
            "В Лачине в понедельник на мине подорвался УАЗ, ранен полицейский. Ранее, 2 "
            "сентября, в том же районе пастух лишился стопы."
        ),
        [("09-18", "AZ-LAC", None, 1, "police"), ("09-02", "AZ-LAC", None, 1, "civilian")],
    ),
    (
        (
            "Laçın rayonunda bazar ertəsi avtomobil minaya düşüb. Üç nəfər – sürücü və iki "
            "sərnişin həlak olub."
        ),
        [("09-18", "AZ-LAC", 3, None, "civilian")],
    ),
    (
        (
            "Kəlbəcərdə bazar ertəsi müddətdən artıq həqiqi hərbi xidmət qulluqçusu minaya "
            "düşərək sol ayağını itirib."
        ),
        [("09-18", "AZ-KAL", None, 1, "military")],
    ),
    (
        (
            "A monument to five villagers killed by a mine in Aghdam in 2022 was unveiled on "
            "Wednesday."
        ),
        [],
    ),
    (
        (
            "A soldier who lost both legs in a mine blast in Jabrayil won a medal on "
            "Saturday in Baku."
        ),
        [],
    ),
    (
        ("Ağdamda mina partlaması nəticəsində ayağını itirmiş qazi bazar günü evlə təmin edilib."),
        [],
    ),
    (
        "В Агдаме в субботу открыли памятник пяти сельчанам, погибшим на мине.",
        [],
    ),
    (
        (
            "A mine went off beneath a bulldozer in Khojavend district on September 11. The "
            "operator got off with bruises."
        ),
        [("09-11", "AZ-XVD", None, 1, "civilian")],
    ),
    (
        (
            "Под бульдозером в Ходжавендском районе 11 сентября сработала мина, машинист "
            "отделался ушибами."
        ),
        [("09-11", "AZ-XVD", None, 1, "civilian")],
    ),
    (
        (
            "A captain and four servicemen died when their truck struck a mine in Gubadli on "
            "September 8; three more are in hospital."
        ),
        [("09-08", "AZ-QBI", 5, 3, "military")],
    ),
    (
        (
            "Капитан и четверо военнослужащих погибли, когда их грузовик наехал на мину в "
            "Губадлинском районе 8 сентября; еще трое в госпитале."
        ),
        [("09-08", "AZ-QBI", 5, 3, "military")],
    ),
    (
        (
            "Sentyabrın 8-də Qubadlıda hərbi yük maşını minaya düşüb: kapitan və dörd hərbi "
            "qulluqçu şəhid olub."
        ),
        [("09-08", "AZ-QBI", 5, None, "military")],
    ),
    (
        (
            "Two brothers riding a motorcycle were blown up by a mine in Fuzuli on September "
            "9. The elder died at the scene; the younger is being treated in Beylagan."
        ),
        [("09-09", "AZ-FUZ", 1, 1, "civilian")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_phrasing(
    text: str, expected: list[tuple[str | None, str | None, int | None, int | None, str | None]]
) -> None:
    found = read_report(text, DAY).incidents
    assert len(found) == len(expected)
    for incident, (days, district, killed, injured, groups) in zip(found, expected, strict=True):
        if days is not None:
            first, _, last = days.partition("/")
            assert f"{incident.date_start:%m-%d}" == first
            assert f"{incident.date_end:%m-%d}" == (last or first)
        if district is not None:
            assert [p.district_id for p in incident.places] == [district]
        assert (incident.killed or None, incident.injured or None) == (killed, injured)
        if groups is not None:
            assert {row.group for row in incident.casualties} == set(groups.split())


@pytest.mark.parametrize(
    "text",
    [
        "Russian President Misal Numunayev said a mine killed a soldier in Lachin on Monday.",
        "Президент России Мисал Нумунаев сообщил, что в Лачине в понедельник на мине погиб солдат.",
    ],
)
def test_an_office_speaks_without_its_holder(text: str) -> None:
    (incident,) = read_report(text, DAY).incidents
    assert incident.source_chain is not None
    assert not {"Misal", "Numunayev", "Мисал", "Нумунаев"} & set(incident.source_chain.split())
    assert incident.killed == 1


@pytest.mark.parametrize(
    "text",
    [
        (
            "Two people were killed by a mine in Fuzuli on Sunday. The tractor driver and his "
            "assistant died on the spot."
        ),
        (
            "Füzulidə traktor minaya düşüb, iki nəfər ölüb. Traktorçu və onun köməkçisi hadisə "
            "yerində həlak olublar."
        ),
    ],
)
def test_a_bare_total_is_unfolded_by_the_roles_named_later(text):
    blast = read_report(text, date(2023, 11, 20)).incidents[0]
    assert (blast.killed, {row.group for row in blast.casualties}) == (2, {"civilian"})


def test_a_simulated_accident_is_none_however_exactly_it_is_told():
    text = (
        "A drill simulating a mine blast took place in Ganja on May 4: volunteers played the "
        "wounded and were flown out."
    )
    assert read_report(text, date(2022, 5, 5)).incidents == ()


def test_soldiers_and_officers_of_a_mission_are_peacekeepers():
    text = "Two soldiers of the peacekeeping mission were injured by a mine in Tartar on Sunday."
    assert {r.group for r in read_report(text, date(2020, 12, 22)).incidents[0].casualties} == {
        "peacekeeper"
    }

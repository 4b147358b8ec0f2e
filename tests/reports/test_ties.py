"""Victims told of by a tie to another, on the way, one found dead, and blasts that were none."""

from datetime import date

import pytest

from geodata.reports import read_report

DAY = date(2023, 9, 20)
"""A Wednesday."""

# Text, then its day, district, killed, injured, and the groups that it may be read as.
CASES = [
    (
        (
            "A deminer of the state border service was killed by a mine in Tartar on Monday. "
            "His assistant was wounded and is in the hospital of Barda."
        ),
        "09-18",
        "AZ-TAR",
        1,
        1,
        None,
    ),
    (
        (
            "A sapper of the border guard died in a mine blast near Jabrayil on Monday. His "
            "deputy was wounded and lies in a Beylagan hospital."
        ),
        "09-18",
        "AZ-CAB",
        1,
        1,
        None,
    ),
    (
        (
            "On Monday in Fuzuli a mine killed a beekeeper. His 58-year-old neighbour, who "
            "comes from Horadiz, was struck in the leg."
        ),
        "09-18",
        "AZ-FUZ",
        1,
        1,
        "civilian",
    ),
    (
        (
            "On Monday a mine killed a shepherd in Aghdam. His nephew was hit in the arm by "
            "fragments."
        ),
        "09-18",
        "AZ-AGM",
        1,
        1,
        "civilian",
    ),
    (
        (
            "Сапер пограничных войск погиб в понедельник при подрыве на мине в Джебраильском "
            "районе. Его заместитель ранен и лежит в больнице Бейлагана."
        ),
        "09-18",
        "AZ-CAB",
        1,
        1,
        None,
    ),
    (
        (
            "В понедельник в Физулинском районе мина убила пчеловода. Его 58-летнему соседу, "
            "который родом из Горадиза, осколок попал в ногу."
        ),
        "09-18",
        "AZ-FUZ",
        1,
        1,
        "civilian",
    ),
    (
        (
            "Bazar ertəsi Cəbrayılda sərhəd qoşunlarının istehkamçısı mina partlayışında "
            "həlak olub. Onun müavini yaralanıb və Beyləqan xəstəxanasında yatır."
        ),
        "09-18",
        "AZ-CAB",
        1,
        1,
        None,
    ),
    (
        (
            "Bazar ertəsi Füzulidə arıçı minaya düşərək həlak olub. Onun Horadizdən olan 58 "
            "yaşlı qonşusu ayağından yaralanıb."
        ),
        "09-18",
        "AZ-FUZ",
        1,
        1,
        "civilian",
    ),
    (
        (
            "Bazar ertəsi Ağdamda Göyçayda doğulmuş 52 yaşlı şəxs minaya düşüb. O, "
            "xəstəxanaya aparılarkən yolda ölüb."
        ),
        "09-18",
        "AZ-AGM",
        1,
        None,
        "civilian",
    ),
    (
        (
            "Bazar ertəsi Ağdamda Göyçayda doğulmuş 52 yaşlı şəxs minaya düşüb və xəstəxanaya "
            "çatdırılarkən yolda vəfat edib."
        ),
        "09-18",
        "AZ-AGM",
        1,
        None,
        "civilian",
    ),
    (
        "Bazar ertəsi Ağdamda çoban minaya düşüb, xəstəxanaya çatdırılarkən keçinib.",
        "09-18",
        "AZ-AGM",
        1,
        None,
        "civilian",
    ),
    (
        "В понедельник в Агдаме пастух подорвался на мине. До больницы его не довезли.",
        "09-18",
        "AZ-AGM",
        1,
        None,
        "civilian",
    ),
    (
        (
            "В понедельник в Агдаме уроженец Гейчая, 52 лет, подорвался на мине и скончался "
            "по дороге в больницу."
        ),
        "09-18",
        "AZ-AGM",
        1,
        None,
        "civilian",
    ),
    (
        (
            "A shepherd stepped on a mine in Aghdam on Monday. He did not survive the journey "
            "to hospital."
        ),
        "09-18",
        "AZ-AGM",
        1,
        None,
        "civilian",
    ),
    (
        (
            "A 52-year-old man born in Goychay stepped on a mine in Aghdam on Monday and died "
            "while being taken to hospital."
        ),
        "09-18",
        "AZ-AGM",
        1,
        None,
        "civilian",
    ),
    (
        (
            "Bazar ertəsi Ağdamda iki çoban minaya düşüb. Birinin meyiti tapılıb, digəri "
            "Bərdə xəstəxanasına aparılıb."
        ),
        "09-18",
        "AZ-AGM",
        1,
        1,
        "civilian",
    ),
    (
        (
            "В понедельник в Агдаме два пастуха подорвались на мине. Тело одного нашли, "
            "второй добрался до дороги и доставлен в больницу Барды."
        ),
        "09-18",
        "AZ-AGM",
        1,
        1,
        "civilian",
    ),
    (
        (
            "Two shepherds stepped on a mine in Aghdam on Monday. The body of one was "
            "recovered; the other crawled to the road and was taken to hospital in Barda."
        ),
        "09-18",
        "AZ-AGM",
        1,
        1,
        "civilian",
    ),
    (
        (
            "Bazar ertəsi Laçında briqadanın dörd üzvünü aparan maşın minaya düşüb. İkisi "
            "yerindəcə ölüb, ikisi ağır vəziyyətdə xəstəxanaya aparılıb."
        ),
        "09-18",
        "AZ-LAC",
        2,
        2,
        None,
    ),
    (
        (
            "В понедельник в Лачине машина, в которой ехали четыре члена бригады, подорвалась "
            "на мине. Двое погибли на месте, двое в тяжелом состоянии доставлены в больницу."
        ),
        "09-18",
        "AZ-LAC",
        2,
        2,
        None,
    ),
    (
        (
            "A car carrying four members of a survey crew hit a mine in Lachin on Monday. Two "
            "died on the spot, two were taken in grave condition to the hospital in Goris."
        ),
        "09-18",
        "AZ-LAC",
        2,
        2,
        None,
    ),
    (
        (
            "Bazar ertəsi Laçında mühəndis-istehkam bölməsinin üç hərbçisi mina partlayışında "
            "yaralanıb."
        ),
        "09-18",
        "AZ-LAC",
        None,
        3,
        "military|deminer|military deminer",
    ),
    (
        "Three servicemen of the engineer-sapper unit were injured by a mine in Lachin on Monday.",
        "09-18",
        "AZ-LAC",
        None,
        3,
        "military|deminer|military deminer",
    ),
    (
        (
            "В понедельник в Лачине трое военнослужащих инженерно-саперного подразделения "
            "ранены при взрыве мины."
        ),
        "09-18",
        "AZ-LAC",
        None,
        3,
        "military|deminer|military deminer",
    ),
    (
        (
            "Nazirlik bazar ertəsi Laçında minaya düşən hərbi maşında üç nəfərin "
            "yaralandığını təsdiqləyib, ölən olmadığını bildirib."
        ),
        "09-18",
        "AZ-LAC",
        None,
        3,
        "military",
    ),
    (
        (
            "The ministry confirmed that three people in an army truck that hit a mine in "
            "Lachin on Monday were hurt, and that nobody had died, contrary to rumours."
        ),
        "09-18",
        "AZ-LAC",
        None,
        3,
        "military",
    ),
    (
        (
            "Министерство подтвердило, что в понедельник в Лачине в военном грузовике, "
            "наехавшем на мину, ранены трое, и что вопреки слухам никто не погиб."
        ),
        "09-18",
        "AZ-LAC",
        None,
        3,
        "military",
    ),
    (
        (
            "Eleven goats died when the herd entered a mined hillside at Kangarli village "
            "(Aghdam district) on Sunday; the herdsman heard it from his tent."
        ),
        "09-17",
        "AZ-AGM",
        None,
        None,
        "",
    ),
    (
        (
            "Девять овец погибли в воскресенье, когда отара зашла на заминированный склон у "
            "села Кенгерли (Агдамский район); чабан слышал взрыв из палатки."
        ),
        "09-17",
        "AZ-AGM",
        None,
        None,
        "",
    ),
    (
        (
            "Bazar günü sürü Ağdam rayonunun Kəngərli kəndində minalanmış yamaca girib, on "
            "bir keçi tələf olub; çoban partlayışı çadırdan eşidib."
        ),
        "09-17",
        "AZ-AGM",
        None,
        None,
        "",
    ),
    (
        (
            "The Fuzuli district prosecutor said that a resident of Horadiz was hurt when his "
            "hoe hit an unexploded shell on September 6. He was operated on in Ganja."
        ),
        "09-06",
        "AZ-FUZ",
        None,
        1,
        "civilian",
    ),
    (
        (
            "Прокурор Физулинского района сообщил, что 6 сентября житель Горадиза ранен, "
            "когда его мотыга задела неразорвавшийся снаряд. Его прооперировали в Гяндже."
        ),
        "09-06",
        "AZ-FUZ",
        None,
        1,
        "civilian",
    ),
    (
        (
            "Füzuli rayon prokuroru bildirib ki, sentyabrın 6-da Horadiz sakini toxası "
            "partlamamış mərmiyə dəyəndə yaralanıb. Onu Gəncədə əməliyyat ediblər."
        ),
        "09-06",
        "AZ-FUZ",
        None,
        1,
        "civilian",
    ),
    (
        (
            "The Fuzuli district prosecutor said that a villager was hurt when his spade hit "
            "an unexploded shell on September 6. He was operated on in Ganja."
        ),
        "09-06",
        "AZ-FUZ",
        None,
        1,
        "civilian",
    ),
    (
        (
            "A mine killed a ploughman in Jabrayil on Monday. The company commander who came to "
            "help was wounded."
        ),
        "09-18",
        "AZ-CAB",
        1,
        1,
        None,
    ),
    (
        (
            "Bazar ertəsi Zəngilanda iki ovçu minaya düşüb. Birinin meyiti kolların arasında "
            "tapılıb, digəri xəstəxanaya aparılıb."
        ),
        "09-18",
        "AZ-ZAN",
        1,
        1,
        "civilian",
    ),
    (
        (
            "Прокурор Лачинского района сообщил, что 6 сентября сельчанин ранен, когда лопатой "
            "задел снаряд. Прооперировали его в Гяндже."
        ),
        "09-06",
        "AZ-LAC",
        None,
        1,
        "civilian",
    ),
]
NONE = [
    (
        "What villagers of Horadiz took for a mine on Monday was a burst gas cylinder. "
        "One person suffered burns."
    ),
    "A boiler, not a mine, exploded in Fuzuli on Monday. Two people were burned.",
    (
        "В Физули взорвался газовый баллон, который жители приняли за мину. Один человек "
        "получил ожоги."
    ),
    (
        "Füzulidə bazar ertəsi sakinlərin mina sandığı şey qaz balonu olub. Bir nəfər "
        "yanıq xəsarəti alıb."
    ),
    ("Bazar ertəsi Bərdədə keçirilən mərasimdə xidmət zamanı minaya düşmüş qazilər çıxış ediblər."),
    (
        "На церемонии в Барде в понедельник выступили ветераны, подорвавшиеся на мине во "
        "время службы."
    ),
    (
        "Veterans who had stepped on mines during their service spoke at a ceremony in "
        "Barda on Monday."
    ),
    (
        "A monument was opened in Barda on Monday; soldiers who had lost legs to mines "
        "were among the guests."
    ),
]


@pytest.mark.parametrize(("text", "day", "district", "killed", "injured", "groups"), CASES)
def test_a_victim_by_a_tie(text, day, district, killed, injured, groups):
    (incident,) = read_report(text, DAY).incidents
    assert f"{incident.date_start:%m-%d}" == f"{incident.date_end:%m-%d}" == day
    assert [p.district_id for p in incident.places] == [district]
    assert (incident.killed or None, incident.injured or None) == (killed, injured)
    if groups is not None:
        told = {row.group for row in incident.casualties}
        assert told in [set(one.split()) for one in groups.split("|")]


@pytest.mark.parametrize("text", NONE)
def test_no_blast_of_a_mine(text):
    assert read_report(text, DAY).incidents == ()

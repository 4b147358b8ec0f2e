"""Device, kind of accident and activity, as each language words them."""

from datetime import date

import pytest

from geodata.reports import read_report

CASES = [
    ("A farmer ploughing a field was hurt in Aghdam yesterday as he hit an anti-tank mine.",
     "at_mine", "mine", "farming"),
    ("Two boys playing with a grenade were hurt when it exploded in Terter yesterday.",
     "uxo", "uxo_axo", "playing"),
    ("A shepherd grazing sheep was killed by a cluster munition in Jabrayil yesterday.",
     "cmr", "cluster", "herding"),
    ("An ANAMA employee was injured while clearing mines in Zangilan yesterday.",
     None, "demining", "demining"),
    ("Ağdamda dünən tarlanı şumlayan traktor tank əleyhinə minaya düşüb, sürücü yaralanıb.",
     "at_mine", "mine", "farming"),
    ("Tərtərdə dünən uşaqlar qumbara ilə oynayarkən o partlayıb, iki uşaq yaralanıb.",
     "uxo", "uxo_axo", "playing"),
    ("Füzulidə dünən metal yığan kişi PMN-2 piyada əleyhinə minaya düşərək ölüb.",
     "ap_mine", "mine", "gathering"),
    ("Laçında dünən posta gedən əsgər minaya düşüb, ayağını itirib.",
     "mine_unspecified", "mine", "military"),
    ("Zəngilanda dünən ANAMA əməkdaşı minatəmizləmə zamanı xəsarət alıb.",
     None, "demining", "demining"),
    ("Kəlbəcərdə dünən yol çəkən ekskavator minaya düşüb, operator ölüb.",
     "mine_unspecified", "mine", "construction"),
    ("Cəbrayılda dünən qoyun otaran çoban kaset bombasının partlamasından ölüb.",
     "cmr", "cluster", "herding"),
    ("Вчера в Агдаме трактор, пахавший поле, наехал на противотанковую мину, водитель ранен.",
     "at_mine", "mine", "farming"),
    ("Вчера в Тертере дети играли с найденной гранатой, произошел взрыв, двое детей ранены.",
     "uxo", "uxo_axo", "playing"),
    ("Вчера в Физули мужчина, собиравший металлолом, погиб при взрыве мины ПМН-2.",
     "ap_mine", "mine", "gathering"),
    ("Вчера в Лачине солдат во время патрулирования подорвался на мине и лишился ноги.",
     "mine_unspecified", "mine", "military"),
    ("Вчера в Зангилане сотрудник ANAMA пострадал при разминировании.",
     None, "demining", "demining"),
    ("Вчера в Кельбаджаре экскаватор на строительстве дороги наехал на мину, оператор погиб.",
     "mine_unspecified", "mine", "construction"),
    ("Вчера в Джебраиле чабан, пасший овец, погиб при взрыве кассетного боеприпаса.",
     "cmr", "cluster", "herding"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "device", "accident", "activity"), CASES)
def test_what_went_off_and_during_what(
    text: str, device: str | None, accident: str, activity: str
) -> None:
    (found,) = read_report(text, date(2023, 9, 20)).incidents
    if device is not None:
        assert found.device == device
    assert (found.accident_type, found.activity) == (accident, activity)

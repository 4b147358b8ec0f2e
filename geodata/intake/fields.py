"""The fields an incident row can fill, and the headers people give them (en, az, ru)."""

from collections.abc import Mapping

from geodata.codes import Group, values_of
from geodata.intake.cells.wording import plain

GROUPS = values_of(Group)

_HEADERS: Mapping[str, str] = {
    "id": "id|event id|incident id|accident id|accident no|accident number|incident no|"
    "incident number|record id|record no|ref|reference|reference number|imsma id|accident code|"
    "no|hadise id|hadise nomresi|qeyd nomresi|nomre|sira nomresi|номер|ид|код события|"
    "номер события|номер происшествия|№ п п|ид происшествия",
    "date": "date|event date|incident date|accident date|date of accident|date of incident|"
    "date of event|occurred|date occurred|date of occurrence|day|tarix|tarixi|hadise tarixi|"
    "hadisenin tarixi|bas verme tarixi|дата|дата события|дата происшествия|дата инцидента|"
    "дата подрыва|дата случая",
    "date_start": "date start|start date|date from|from date|from|begin date|baslangic|"
    "baslangic tarixi|дата начала|начало",
    "date_end": "date end|end date|date to|to date|until|son tarix|bitme tarixi|дата окончания|"
    "дата конца|окончание",
    "year": "year|il|год",
    "month": "month|ay|месяц",
    "local_time": "time|local time|time of accident|time of incident|saat|vaxt|время",
    "date_precision": "date precision|date prec|time precision",
    "latitude": "latitude|lat|y|lat dd|gps latitude|latitude dd|northing|y coordinate|en dairesi|"
    "enlik|coord y|широта|сш|с ш",
    "longitude": "longitude|lon|long|lng|x|lon dd|gps longitude|longitude dd|easting|"
    "x coordinate|uzunluq|uzunluq dairesi|coord x|долгота|вд|в д",
    "coordinates": "coordinates|coordinate|coords|gps|gps coordinates|lat lon|lat long|latlon|"
    "latitude longitude|location coordinates|mgrs|mgrs grid|utm|grid reference|grid|geo|wkt|"
    "geometry|geom|geom wkt|koordinat|koordinatlar|координаты|координата|gps координаты",
    "zone": "utm zone|zone|zona|зона|зона utm",
    "uncertainty_m": "uncertainty m|uncertainty|accuracy|accuracy m|gps accuracy|deqiqlik|"
    "точность|погрешность",
    "where_precision": "where precision|where prec|geo precision|location precision",
    "coordinate_method": "coordinate method|fix method|coordinate source|coordinates method",
    "place": "place|location|place as reported|locality|village|settlement|town|community|"
    "location name|place name|nearest town|nearest village|site|where|yer|mekan|kend|"
    "yasayis menteqesi|hadise yeri|место|населенный пункт|село|место происшествия|поселок|"
    "местоположение",
    "district": "district|rayon|raion|admin1|adm1|admin 1|adm 1|admin1 name|adm1 name|region|"
    "county|municipality|district name|region name|"
    "rayonu|rayon adi|inzibati rayon|район|регион|административный район|province|governorate",
    "district_alt": "admin2|adm2|admin 2|adm 2|admin2 name|adm2 name|second district",
    "district_id": "district id|district code|district pcode|adm1 pcode|adm2 pcode|pcode|p code|"
    "iso 3166 2|rayon kodu|код района",
    "country": "country|country name|country code|iso|iso2|iso3|country iso|olke|страна",
    "accident_type": "accident type|type of accident|incident type|type of incident|event type|"
    "type|hadise novu|hadisenin novu|тип|тип происшествия|вид происшествия|тип события",
    "device": "device|device type|explosive device|ordnance|ordnance type|type of device|"
    "type of ordnance|explosive|explosive type|eo type|mine type|munition|weapon|item|"
    "partlayici|partlayici qurgu|qurgu|mina novu|устройство|взрывное устройство|тип мины|"
    "тип устройства|боеприпас|тип боеприпаса",
    "activity": "activity|activity at time|activity at time of accident|victim activity|"
    "activity type|fealiyyet|mesguliyyet|деятельность|занятие|вид деятельности",
    "killed": "killed|dead|deaths|fatalities|fatal|number killed|no killed|people killed|"
    "total killed|persons killed|killed total|olen|olenler|olenlerin sayi|heyatini itirenler|"
    "helak olan|helak olanlar|helak|убито|погибло|погибшие|погибших|число погибших|убитых",
    "injured": "injured|wounded|number injured|no injured|people injured|total injured|"
    "persons injured|injuries|injured total|yaralanan|yaralananlar|yaralilar|yarali|"
    "yaralananlarin sayi|xesaret alan|ранено|раненые|раненых|пострадало раненых|число раненых",
    "casualties": "casualties|victims|total casualties|total victims|number of victims|"
    "number of casualties|qurban|qurbanlar|zerer cekenler|пострадавшие|жертвы|всего пострадало",
    "killed_low": "killed low|deaths low|low",
    "killed_high": "killed high|deaths high|high",
    "source": "source|sources|source name|reported by|information source|data source|provider|"
    "publisher|menbe|источник|источник информации",
    "url": "url|link|source url|web|источник ссылка|ссылка|kecid",
    "source_date": "source date|report date|date reported|reported|date of report|published|"
    "hesabat tarixi|дата сообщения|дата отчета|дата публикации",
    "description": "description|narrative|notes|event description|details|summary|"
    "what happened|circumstances|tesvir|tefsilat|описание|подробности|обстоятельства",
    "note": "note|comment|comments|remark|remarks|qeyd|serh|примечание|комментарий|заметка",
    "date_text": "date text|date as reported",
    "date_basis": "date basis",
    "record_status": "record status|status|veziyyet|статус",
    "sensitivity": "sensitivity|confidentiality|access|mexfilik|доступ|конфиденциальность",
    "source_reliability": "source reliability|reliability",
    "information_credibility": "information credibility|credibility",
    "external_id": "external id",
}

_GROUP_WORDS: Mapping[str, str] = {
    "civilian": "civilian|civilians|mulki|mulki sexs|гражданских|мирных|гражданские",
    "military": "military|soldiers|soldier|servicemen|herbci|herbciler|военных|военнослужащих|"
    "военные",
    "peacekeeper": "peacekeeper|peacekeepers|sulhmeramli|миротворцев|миротворцы",
    "deminer": "deminer|deminers|mine clearance staff|minatemizleyen|saper|саперов|саперы",
    "emergency_worker": "emergency worker|emergency workers|rescuers|xilasedici|спасателей|"
    "сотрудников мчс",
    "aid_worker": "aid worker|aid workers|humanitarian workers",
    "journalist": "journalist|journalists|jurnalist|журналистов|журналисты",
    "police": "police|police officers|polis|полицейских|полиция",
    "unknown": "unknown|other|others|namelum|неизвестно",
}
_OUTCOME_WORDS: Mapping[str, str] = {
    "killed": "killed|dead|deaths|olen|olenler|helak olan|погибло|погибших|убито|погибшие",
    "injured": "injured|wounded|yaralanan|yarali|yaralananlar|ранено|раненых|раненые",
}
_ALL_PEOPLE = (
    "casualties|victims|people|persons|total|all|number of|no of|number|cemi|sayi|insan|всего|"
    "человек|людей|число|количество|пострадавшие"
)
PERSONAL = frozenset(
    plain(name)
    for name in [
        "name",
        "victim name",
        "full name",
        "surname",
        "first name",
        "last name",
        "family name",
        "father name",
        "patronymic",
        "phone",
        "telephone",
        "mobile",
        "email",
        "passport",
        "id card",
        "national id",
        "date of birth",
        "dob",
        "ad soyad",
        "soyad",
        "ad",
        "telefon",
        "фио",
        "имя",
        "фамилия",
        "отчество",
        "телефон",
        "паспорт",
        "дата рождения",
        "name of victim",
        "reporter name",
        "contact",
        "victim surname",
    ]
)
"""Headers of columns that identify people: never taken, always said."""


def _group_headers() -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for group, group_words in _GROUP_WORDS.items():
        for outcome, outcome_words in _OUTCOME_WORDS.items():
            names = [f"{outcome}_{group}"]
            for people in group_words.split("|"):
                for harm in outcome_words.split("|"):
                    names += [f"{people} {harm}", f"{harm} {people}"]
            headers[f"{outcome}_{group}"] = names
    for outcome, outcome_words in _OUTCOME_WORDS.items():
        for people in _ALL_PEOPLE.split("|"):
            for harm in outcome_words.split("|"):
                headers.setdefault(outcome, []).extend([f"{people} {harm}", f"{harm} {people}"])
    return headers


def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    spelled = [(name, headers.split("|")) for name, headers in _HEADERS.items()]
    for name, headers in (*spelled, *_group_headers().items()):
        for header in (name, *headers):
            index.setdefault(plain(header), name)
    return index


FIELDS = (*_HEADERS, *(f"{o}_{g}" for g in GROUPS for o in ("killed", "injured")))
"""All fields that a mapping can name."""
FIELD_OF_HEADER = _index()
"""Header in `plain` form to field."""

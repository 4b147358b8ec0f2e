"""The fields an incident row can fill, the headers people give them, and the HXL tags."""

from collections.abc import Mapping
from functools import cache

from geodata.codes import Group, values_of
from geodata.wording import plain

GROUPS = values_of(Group)

# One entry a field; words of one language follow each other: en, az, ru, fr, es, pt, uk, ar, fa.
_HEADERS: Mapping[str, str] = {
    "id": "id|event id|incident id|accident id|accident no|accident number|incident no|"
    "incident number|record id|record no|ref|reference|reference number|imsma id|imsma number|"
    "accident code|local id|object id|ied id|no|n o|nr|"
    "hadise id|hadise nomresi|qeyd nomresi|nomre|sira nomresi|"
    "номер|ид|код события|номер события|номер происшествия|№ п п|№|ид происшествия|"
    "n|n°|numero|numero d accident|numero de l accident|identifiant|code accident|"
    "numero de accidente|numero de evento|codigo|codigo del evento|identificador|"
    "numero do acidente|codigo do acidente|"
    "номер події|номер випадку|ідентифікатор|№ з п|"
    "الرقم|رقم|رقم الحادث|رقم الحادثة|المعرف|"
    "شماره|شماره حادثه|شماره رویداد|کد|accident local id|incident local id|accident localid|"
    "key|instance id|meta instance id|uuid",
    "date": "date|event date|incident date|accident date|date of accident|date of incident|"
    "date of event|date of occurrence|occurred|date occurred|occurred on|accident date time|"
    "incident date time|date and time|day|tarix|tarixi|hadise tarixi|hadisenin tarixi|"
    "bas verme tarixi|"
    "дата|дата события|дата происшествия|дата инцидента|дата подрыва|дата случая|дата и время|"
    "date de l accident|date d accident|date de l incident|date de l evenement|"
    "date de survenue|jour|"
    "fecha|fecha del accidente|fecha de accidente|fecha del evento|fecha del incidente|"
    "fecha de ocurrencia|data|data do acidente|data do incidente|data do evento|"
    "data da ocorrencia|"
    "дата події|дата випадку|дата інциденту|дата вибуху|дата підриву|"
    "التاريخ|تاريخ|تاريخ الحادث|تاريخ الحادثة|تاريخ الواقعة|"
    "تاریخ|تاریخ حادثه|تاریخ رویداد|تاریخ واقعه",
    "date_start": "date start|start date|date from|from date|from|begin date|baslangic|"
    "baslangic tarixi|дата начала|начало|date de debut|debut|fecha de inicio|fecha inicial|"
    "inicio|data de inicio|дата початку|تاريخ البداية|تاریخ شروع",
    "date_end": "date end|end date|date to|to date|until|son tarix|bitme tarixi|дата окончания|"
    "дата конца|окончание|date de fin|fin|fecha final|fecha de fin|data de fim|"
    "дата закінчення|تاريخ النهاية|تاریخ پایان",
    "year": "year|il|год|annee|ano|anio|рік|السنة|سنة|سال",
    "month": "month|ay|месяц|mois|mes|місяць|الشهر|شهر|ماه",
    "local_time": "time|local time|time of accident|time of incident|saat|vaxt|время|heure|"
    "heure de l accident|hora|hora del accidente|hora do acidente|час|الوقت|ساعة|ساعت|زمان",
    "date_precision": "date precision|date prec",
    "latitude": "latitude|lat|y|lat dd|gps latitude|latitude dd|northing|y coordinate|en dairesi|"
    "enlik|coord y|y coord|point y|decimal latitude|широта|сш|с ш|latitud|coordonnee y|"
    "coordenada y|latitude gps|пн ш|"
    "خط العرض|دائرة العرض|دائره عرض|عرض جغرافیایی|عرض البلد|عرض جغرافیای",
    "longitude": "longitude|lon|long|lng|x|lon dd|gps longitude|longitude dd|easting|"
    "x coordinate|uzunluq|uzunluq dairesi|coord x|x coord|point x|decimal longitude|долгота|вд|"
    "в д|довгота|longitud|coordonnee x|coordenada x|longitude gps|сх д|"
    "خط الطول|طول جغرافیایی|طول البلد|طول جغرافیای",
    "coordinates": "coordinates|coordinate|coords|gps|gps coordinates|lat lon|lat long|latlon|"
    "latitude longitude|location coordinates|mgrs|mgrs grid|utm|grid reference|grid|geo|wkt|"
    "geometry|geom|geom wkt|geopoint|geolocation|gps point|gps location|koordinat|koordinatlar|"
    "координаты|координата|gps координаты|coordonnees|coordonnees gps|coordenadas|"
    "coordenadas gps|координати|الإحداثيات|احداثيات|مختصات|کوردینات",
    "zone": "utm zone|zone|zona|зона|зона utm|zone utm|zona utm",
    "uncertainty_m": "uncertainty m|uncertainty|accuracy|accuracy m|gps accuracy|deqiqlik|"
    "точность|погрешность|precision gps|gps precision|точність|exactitude|precisao gps",
    "where_precision": "where precision",
    "place_precision": "location accuracy|location precision|accuracy of location|"
    "precision of location|coordinate accuracy|coordinate precision|coordinates accuracy|"
    "coordinates precision|accuracy of coordinates|precision of coordinates|geo precision|"
    "geoprecision|geo accuracy|geographic precision|geocoding precision|geocoding accuracy|"
    "geocoding level|location quality|position accuracy|precision level|level of precision|"
    "precision de la localisation|precision des coordonnees|"
    "precision geographique|precision geografica|precision de las coordenadas|"
    "precision de la ubicacion|precisao das coordenadas|precisao da localizacao|"
    "precisao geografica|точность координат|точность места|точность геопривязки|"
    "точність координат|دقة الموقع|دقة الاحداثيات|دقت موقعیت",
    "coordinate_method": "coordinate method|fix method|coordinates method",
    "place": "place|location|place as reported|locality|village|settlement|town|community|"
    "location name|place name|nearest town|nearest village|site|where|village name|"
    "location of accident|location of incident|accident location|incident location|"
    "yer|mekan|kend|yasayis menteqesi|hadise yeri|"
    "место|населенный пункт|село|место происшествия|поселок|местоположение|"
    "localite|lieu|lieu de l accident|nom du lieu|village le plus proche|"
    "lugar|localidad|vereda|corregimiento|aldea|sitio|lugar del accidente|"
    "localidade|local|local do acidente|povoacao|"
    "населений пункт|місце|місце події|"
    "المكان|الموقع|القرية|المدينة|البلدة|"
    "محل|مکان|قریه|روستا|محل حادثه|موقعیت",
    "district": "district|rayon|raion|county|district name|rayonu|rayon adi|inzibati rayon|"
    "municipality|comte|condado|район|административный район|"
    "distrito|municipio|commune|territoire|cercle|arrondissement|"
    "المديرية|مديرية|القضاء|ولسوالی|ولسوالي|شهرستان|муниципалитет",
    "admin1": "gazetteer level 1|gazetteer 1|geo level 1|"
    "admin1|adm1|admin 1|adm 1|admin1 name|adm1 name|admin level 1|province|governorate|"
    "region|region name|province name|governorate name|oblast|state|state name|adm 1 name|"
    "область|регион|провинция|край|departement|prefecture|provincia|departamento|estado|"
    "регіон|провінція|المحافظة|محافظة|الولاية|ولایت|ولايت|استان|vilayet|eyalet|"
    "nom de la province|wilaya|department",
    "admin2": "gazetteer level 2|gazetteer 2|geo level 2|"
    "admin2|adm2|admin 2|adm 2|admin2 name|adm2 name|adm 2 name|admin level 2|"
    "second district|sous prefecture|sub prefecture|kommuna",
    "admin3": "gazetteer level 3|gazetteer 3|geo level 3|"
    "admin3|adm3|admin 3|adm 3|admin3 name|adm3 name|admin level 3|subdistrict|"
    "ward|ward name|payam|village tract|barangay|woreda|tehsil|upazila|chiefdom|"
    "sub district|hromada|громада|الناحية|ناحية",
    "district_id": "district id|district code|district pcode|pcode|p code|iso 3166 2|rayon kodu|"
    "код района|code district|place code",
    "admin1_code": "admin1 code|adm1 code|admin1 pcode|adm1 pcode|admin 1 pcode|adm 1 pcode|"
    "province code|province pcode|governorate pcode|region pcode|oblast pcode|adm1 p code|"
    "admin1 p code|admin 1 code",
    "admin2_code": "admin2 code|adm2 code|admin2 pcode|adm2 pcode|admin 2 pcode|adm 2 pcode|"
    "adm2 p code|admin2 p code|admin 2 code|raion pcode|municipality code|cod mun|codigo dane",
    "admin3_code": "admin3 code|adm3 code|admin3 pcode|adm3 pcode|admin 3 pcode|adm 3 pcode|"
    "hromada pcode|subdistrict pcode|admin 3 code",
    "country": "country|country name|country code|iso|iso2|iso3|country iso|country iso3|"
    "iso country code|admin0|adm0|adm0 name|admin0 name|adm0 pcode|olke|страна|pays|pais|"
    "країна|البلد|الدولة|کشور",
    "accident_type": "accident type|type of accident|incident type|type of incident|event type|"
    "type|type of event|hadise novu|hadisenin novu|тип|тип происшествия|вид происшествия|"
    "тип события|type d accident|type d incident|type d evenement|tipo de accidente|"
    "tipo de evento|tipo de incidente|tipo de acidente|тип події|вид події|"
    "نوع الحادث|نوع الحادثة|نوع حادثه|نوع رویداد",
    "device": "device|device type|explosive device|ordnance|ordnance type|type of device|"
    "type of ordnance|explosive|explosive type|eo type|mine type|munition|weapon|item|"
    "device category|explosive hazard|explosive object|cause|mine uxo type|"
    "partlayici|partlayici qurgu|qurgu|mina novu|"
    "устройство|взрывное устройство|тип мины|тип устройства|боеприпас|тип боеприпаса|"
    "взрывоопасный предмет|"
    "engin|engin explosif|type d engin|type de mine|munitions|"
    "artefacto|artefacto explosivo|tipo de artefacto|tipo de mina|dispositivo|municion|"
    "engenho|engenho explosivo|tipo de engenho|municao|"
    "пристрій|вибуховий пристрій|тип боєприпасу|боєприпас|вибухонебезпечний предмет|"
    "نوع اللغم|نوع الجسم|نوع المتفجرات|الذخيرة|نوع العبوة|"
    "نوع ماین|نوع مین|نوع مهمات|وسیله",
    "activity": "activity|activity at time|activity at time of accident|victim activity|"
    "activity type|activity at the time|fealiyyet|mesguliyyet|деятельность|занятие|"
    "вид деятельности|activite|activite au moment de l accident|actividad|"
    "actividad al momento del accidente|atividade|діяльність|النشاط|نشاط الضحية|فعالیت",
    "killed": "killed|dead|deaths|fatalities|fatal|number killed|no killed|people killed|"
    "total killed|persons killed|killed total|fatal victims|number of fatalities|"
    "olen|olenler|olenlerin sayi|heyatini itirenler|helak olan|helak olanlar|helak|"
    "убито|погибло|погибшие|погибших|число погибших|убитых|"
    "tues|morts|deces|decedes|nombre de morts|nombre de tues|nombre de deces|"
    "muertos|fallecidos|numero de muertos|victimas fatales|victimas mortales|"
    "mortos|numero de mortos|vitimas mortais|obitos|"
    "загинуло|загиблі|загиблих|вбито|кількість загиблих|"
    "القتلى|قتلى|عدد القتلى|الوفيات|عدد الوفيات|الشهداء|"
    "کشته|کشته ها|کشته شدگان|تعداد کشته|کشته شده|تعداد کشته شدگان",
    "injured": "injured|wounded|number injured|no injured|people injured|total injured|"
    "persons injured|injuries|injured total|injured victims|"
    "yaralanan|yaralananlar|yaralilar|yarali|yaralananlarin sayi|xesaret alan|"
    "ранено|раненые|раненых|пострадало раненых|число раненых|"
    "blesses|nombre de blesses|heridos|lesionados|numero de heridos|numero de lesionados|"
    "feridos|numero de feridos|"
    "поранено|поранені|поранених|кількість поранених|травмовано|"
    "الجرحى|جرحى|عدد الجرحى|المصابون|المصابين|عدد المصابين|"
    "زخمی|زخمی ها|مجروحین|مجروح|تعداد زخمی|تعداد مجروحین|زخمی شده",
    "casualties": "casualties|victims|total casualties|total victims|number of victims|"
    "number of casualties|victim count|casualty count|no of victims|no of casualties|"
    "nb de victimes|nb victimes|nbre de victimes|num victimas|no de victimas|qtd de vitimas|"
    "кол во пострадавших|"
    "qurban|qurbanlar|zerer cekenler|"
    "пострадавшие|жертвы|всего пострадало|"
    "victimes|nombre de victimes|victimas|numero de victimas|vitimas|numero de vitimas|"
    "постраждалі|жертви|всього постраждало|الضحايا|عدد الضحايا|قربانیان|تلفات|تعداد قربانیان",
    "killed_low": "killed low|deaths low|low|killed min|deaths min",
    "killed_high": "killed high|deaths high|high|killed max|deaths max",
    "injured_low": "injured low|wounded low|injured min|wounded min",
    "injured_high": "injured high|wounded high|injured max|wounded max",
    "source": "source|sources|source name|reported by|information source|data source|provider|"
    "publisher|menbe|источник|источник информации|source d information|fuente|"
    "fuente de informacion|fonte|fonte de informacao|джерело|المصدر|منبع",
    "url": "url|link|source url|web|источник ссылка|ссылка|kecid|lien|enlace|ligacao|"
    "посилання|الرابط|لینک",
    "source_date": "source date|report date|date reported|reported|date of report|published|"
    "hesabat tarixi|дата сообщения|дата отчета|дата публикации|date du rapport|"
    "date de publication|fecha del reporte|fecha de publicacion|data do relatorio|"
    "дата звіту|дата публікації|تاريخ التقرير|تاریخ گزارش",
    "description": "description|narrative|notes|event description|details|summary|"
    "what happened|circumstances|tesvir|tefsilat|описание|подробности|обстоятельства|recit|"
    "circonstances|resume|descripcion|narracion|circunstancias|descricao|narrativa|"
    "circunstancia|опис|обставини|الوصف|وصف الحادث|التفاصيل|شرح|توضیحات|شرح حادثه",
    "note": "note|comment|comments|remark|remarks|qeyd|serh|примечание|комментарий|заметка|"
    "remarque|remarques|commentaire|observaciones|comentarios|observacoes|comentario|"
    "примітка|коментар|ملاحظات|ملاحظة|ملاحظه|یادداشت",
    "date_text": "date text|date as reported",
    "date_basis": "date basis",
    "record_status": "record status",
    "sensitivity": "sensitivity",
    "source_reliability": "source reliability",
    "information_credibility": "information credibility",
    "external_id": "external id",
    "victim_outcome": "victim outcome|outcome|condition|victim condition|victim status|injury type|"
    "injury status|status of victim|casualty status|casualty outcome|injury outcome|"
    "killed or injured|killed injured|fate|result|type of injury|casualty type|"
    "состояние пострадавшего|исход|etat de la victime|estado de la victima|condicion|"
    "estado da vitima|стан постраждалого|حالة الضحية|وضعیت قربانی",
    "victim_sex": "sex|gender|victim sex|victim gender|cinsi|пол|sexe|sexo|genero|стать|الجنس|"
    "جنس|جنسیت",
    "victim_age": "age|victim age|age group|age at accident|yas|возраст|edad|idade|вік|العمر|سن",
    "victim_group": "victim type|victim category|civilian or military|civil status category|"
    "categorie de la victime|categoria de la victima|категория пострадавшего|"
    "категорія постраждалого|فئة الضحية",
}

_GROUP_WORDS: Mapping[str, str] = {
    "civilian": "civilian|civilians|mulki|mulki sexs|гражданских|мирных|гражданские|civils|"
    "civiles|civis|цивільних|цивільні|المدنيين|مدنيين|ملکی|غیرنظامیان",
    "military": "military|soldiers|soldier|servicemen|herbci|herbciler|военных|военнослужащих|"
    "военные|militaires|soldats|militares|soldados|військових|військові|العسكريين|نظامیان",
    "peacekeeper": "peacekeeper|peacekeepers|sulhmeramli|миротворцев|миротворцы|"
    "casques bleus|миротворців",
    "deminer": "deminer|deminers|mine clearance staff|minatemizleyen|saper|саперов|саперы|"
    "demineurs|desminadores|sapadores|саперів|ماین پاکان",
    "emergency_worker": "emergency worker|emergency workers|rescuers|xilasedici|спасателей|"
    "сотрудников мчс|secouristes|rescatistas|рятувальників",
    "aid_worker": "aid worker|aid workers|humanitarian workers|travailleurs humanitaires",
    "journalist": "journalist|journalists|jurnalist|журналистов|журналисты|journalistes|"
    "periodistas|jornalistas|журналістів",
    "police": "police|police officers|polis|полицейских|полиция|policiers|policias|поліцейських",
    "unknown": "unknown|other|others|namelum|неизвестно|inconnus|otros|outros|невідомо",
}
_OUTCOME_WORDS: Mapping[str, str] = {
    "killed": "killed|dead|deaths|olen|olenler|helak olan|погибло|погибших|убито|погибшие|tues|"
    "morts|muertos|fallecidos|mortos|загинуло|загиблих|القتلى|قتلى|کشته",
    "injured": "injured|wounded|yaralanan|yarali|yaralananlar|ранено|раненых|раненые|blesses|"
    "heridos|lesionados|feridos|поранено|поранених|الجرحى|جرحى|زخمی",
}
_ALL_PEOPLE = (
    "casualties|victims|people|persons|total|all|number of|no of|number|no|num|nb|nb de|nbre|"
    "nbre de|nr|nro|nro de|cantidad de|qtd|qtd de|quantidade de|кол во|к во|к сть|"
    "cemi|sayi|insan|всего|"
    "человек|людей|число|количество|пострадавшие|nombre de|numero de|total de|victimas|victimes|"
    "vitimas|кількість|осіб|всього|عدد|تعداد|مجموع"
)
COUNT_HEADERS = frozenset(
    plain(name)
    for name in [
        "events",
        "number of events",
        "no of events",
        "event count",
        "events count",
        "count",
        "counts",
        "incidents",
        "number of incidents",
        "no of incidents",
        "incident count",
        "incidents count",
        "num events",
        "num incidents",
        "total incidents",
        "total events",
        "accidents",
        "number of accidents",
        "no of accidents",
        "accident count",
        "total accidents",
        "nb of events",
        "nb incidents",
        "nb events",
        "hadise sayi",
        "hadiselerin sayi",
        "количество событий",
        "число событий",
        "число происшествий",
        "количество происшествий",
        "количество инцидентов",
        "число инцидентов",
        "количество случаев",
        "nombre d evenements",
        "nombre d incidents",
        "nombre d accidents",
        "nb d incidents",
        "evenements",
        "numero de eventos",
        "numero de incidentes",
        "numero de accidentes",
        "total eventos",
        "eventos",
        "numero de acidentes",
        "numero de ocorrencias",
        "acidentes",
        "кількість подій",
        "кількість інцидентів",
        "кількість випадків",
        "عدد الحوادث",
        "عدد الأحداث",
        "تعداد حوادث",
        "تعداد رویدادها",
    ]
)
"""Headers of columns that count incidents: such a table is no list of incidents."""
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
        *[
            "nom",
            "prenom",
            "nom complet",
            "nom de la victime",
            "telephone",
            "nom et prenom",
            "date de naissance",
            "nombre",
            "apellido",
            "apellidos",
            "nombre completo",
            "nombre de la victima",
            "cedula",
            "telefono",
            "fecha de nacimiento",
            "nombres y apellidos",
            "nome",
            "sobrenome",
            "nome completo",
            "nome da vitima",
            "telemovel",
            "data de nascimento",
            "піб",
            "ім я",
            "прізвище",
            "по батькові",
            "дата народження",
            "телефон",
            "الاسم",
            "اسم الضحية",
            "الاسم الكامل",
            "اسم الاب",
            "رقم الهاتف",
            "تاريخ الميلاد",
            "نام",
            "نام پدر",
            "تخلص",
            "شماره تلفن",
            "تاریخ تولد",
            "نام قربانی",
            "casualty name",
            "name of casualty",
            "names",
            "victim names",
            "enumerator",
            "enumerator name",
            "interviewer",
            "interviewer name",
            "respondent",
            "respondent name",
            "username",
            "device id",
            "deviceid",
            "subscriberid",
            "simserial",
            "phonenumber",
            "submitted by",
        ],
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


@cache
def field_of_header() -> Mapping[str, str]:
    """Give the field that each header means, in plain words; made when first asked for."""
    index: dict[str, str] = {}
    spelled = [(name, headers.split("|")) for name, headers in _HEADERS.items()]
    for name, headers in (*spelled, *_group_headers().items()):
        for header in (name, *headers):
            index.setdefault(plain(header), name)
    return index


FIELDS = (*_HEADERS, *(f"{o}_{g}" for g in GROUPS for o in ("killed", "injured")))
"""All fields that a mapping can name."""


TOTALS = ("killed", "injured", "casualties")
"""Fields of the people whom an incident harmed, of whatever group."""


def counts_people(field: str) -> bool:
    """Say whether a field is a number of people, of all or of one group."""
    return field.startswith(TOTALS)


_RULES: tuple[tuple[str, frozenset[str], str], ...] = tuple(
    (tag, frozenset(attributes.split()), field)
    for tag, attributes, field in (
        ("#event", "id", "id"),
        ("#event", "code", "id"),
        ("#event", "type", "accident_type"),
        ("#cause", "type", "device"),
        ("#cause", "", "device"),
        ("#weapon", "", "device"),
        ("#date", "start", "date_start"),
        ("#date", "end", "date_end"),
        ("#date", "reported", "source_date"),
        ("#date", "occurred", "date"),
        ("#date", "year", "year"),
        ("#date", "month", "month"),
        ("#date", "", "date"),
        ("#country", "", "country"),
        ("#adm1", "code", "admin1_code"),
        ("#adm1", "", "admin1"),
        ("#adm2", "code", "admin2_code"),
        ("#adm2", "", "admin2"),
        ("#adm3", "code", "admin3_code"),
        ("#adm3", "", "admin3"),
        ("#admin", "code", "district_id"),
        ("#admin", "", "district"),
        ("#loc", "code", ""),
        ("#loc", "", "place"),
        ("#geo", "lat", "latitude"),
        ("#geo", "latitude", "latitude"),
        ("#geo", "lat_deg", "latitude"),
        ("#geo", "lng", "longitude"),
        ("#geo", "long", "longitude"),
        ("#geo", "longitude", "longitude"),
        ("#geo", "lon_deg", "longitude"),
        ("#geo", "lon", "longitude"),
        ("#geo", "coord", "coordinates"),
        ("#affected", "killed", "killed"),
        ("#affected", "dead", "killed"),
        ("#affected", "injured", "injured"),
        ("#affected", "wounded", "injured"),
        ("#affected", "", "casualties"),
        ("#description", "", "description"),
        ("#event", "description", "description"),
        ("#meta", "source", "source"),
        ("#meta", "url", "url"),
        ("#meta", "id", "external_id"),
        ("#access", "", ""),
    )
)
_GROUPS = {
    **{group: group for group in values_of(Group) if group != "unknown"},
    "civilians": "civilian",
    "soldiers": "military",
    "peacekeepers": "peacekeeper",
    "deminers": "deminer",
    "aidworker": "aid_worker",
    "aidworkers": "aid_worker",
    "journalists": "journalist",
}
_PEOPLE = frozenset(
    {"killed", "dead", "injured", "wounded", "casualties", "victims", "total", "ind", "num",
     "number", "count", "people", "persons", "all"}
)  # fmt: skip
_OF_PEOPLE = ("#affected", "#inneed", "#targeted", "#reached", "#population")
_OUTCOMES = {"killed": "killed", "dead": "killed", "injured": "injured", "wounded": "injured"}


def is_of_other_people(tag: str) -> bool:
    """Say whether a tag counts people whom no field holds, whatever its column is called.

    Examples
    --------
    >>> is_of_other_people("#affected+f+killed"), is_of_other_people("#affected+killed")
    (True, False)
    """
    return tag.split("+", maxsplit=1)[0] in _OF_PEOPLE and field_of_tag(tag) is None


def field_of_tag(tag: str) -> str | None:
    """Give the field of a canonical tag.

    The field of the first rule whose attributes the tag has; None where no rule fits.

    Examples
    --------
    >>> field_of_tag("#affected+civilians+killed"), field_of_tag("#geo+lat")
    ('killed_civilian', 'latitude')
    """
    name, *attributes = tag.split("+")
    held = frozenset(attributes)
    if name == "#affected":
        outcome = next((_OUTCOMES[a] for a in attributes if a in _OUTCOMES), None)
        group = next((_GROUPS[a] for a in attributes if a in _GROUPS), None)
        if outcome and group:
            return f"{outcome}_{group}"
        if held & {"f", "m", "children", "adults"}:
            # A part of the people: taking it for the whole would undercount.
            return None
        if not held <= _PEOPLE:
            # Displaced, refugees, in need …: other people than those whom a blast harmed.
            return None
    return (
        next((field for tag_, needed, field in _RULES if tag_ == name and needed <= held), None)
        or None
    )

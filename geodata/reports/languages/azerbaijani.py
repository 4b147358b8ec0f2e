"""Azerbaijani words and patterns for reading reports, with the endings that the words take."""

CODE = "az"

NUMBERS = {
    "bir": 1, "iki": 2, "uc": 3, "dord": 4, "bes": 5, "alti": 6, "yeddi": 7, "sekkiz": 8,
    "doqquz": 9, "on": 10, "on bir": 11, "on iki": 12, "on uc": 13, "on dord": 14, "on bes": 15,
    "on alti": 16, "on yeddi": 17, "on sekkiz": 18, "on doqquz": 19, "yuz": 100, "iki yuz": 200,
    "her iki": 2, "her uc": 3, "her ucu": 3, "biri": 1, "ikisi": 2, "ucu": 3, "dordu": 4, "besi": 5,
    "her ikisi": 2, "digeri": 1, "o biri": 1, "o birinin": 1, "o birisi": 1, "o birisinin": 1, "altisi": 6, "her dordu": 4, "ikinci": 1, "birinin": 1,
    "boyuyu": 1, "kiciyi": 1, "boyuyunun": 1, "kiciyinin": 1, "birincisi": 1, "ikincisi": 1, "ucuncusu": 1, "ucuncusunun": 1, "ikincisinin": 1, "dorduncusunun": 1, "dorduncusu": 1, "besincisi": 1,
    "ikisinin": 2, "digerinin": 1, "birini": 1, "on ikisi": 12, "otuzu": 30,
}  # fmt: skip
TENS = {
    "iyirmi": 20, "otuz": 30, "qirx": 40, "elli": 50, "altmis": 60, "yetmis": 70, "seksen": 80,
    "doxsan": 90,
}  # fmt: skip

_MINE = r"mina(?:y?[aei]|ni|nin|da|dan|lar|lari|larin|larinin|ya|larla|sina|si|sinin|lara|lardan|lari|yla)?"
DEVICE = (
    ("topic", r"(?:telim|mesq|tedris) (?:mina|qumbara|mermi)\w*"),
    ("topic", r"(?:mina(?:dan|lardan)|mina\w* partlayis\w*(?:dan|da|den)?|minaya dus\w+) (?:\w+ ){0,2}?(?:alan|olan|ceken|dus\w+|itir\w+|almis|olmus)lar(?:a|in|i|la)? "
     r"(?:\w+ )?(?:ucun|yardim|fond|komek|destek|aid)\w*|mina qurban(?:lar)?i(?:na|nin|ni|lari|larina)? (?:\w+ )?(?:ucun|yardim|fond|komek|destek)\w*|"
     r"mina(?:ya dus\w+|dan)? (?:\w+ ){0,3}?(?:elil|elilliyi olan)\w*(?: \w+)? (?:sexs|insan|vetendas)l[ae]r\w*"),
    ("at_mine", r"tank(?:lar)? ?eleyhine (?:\w+ )?mina\w*|tank eleyhine|tem\b|\"?tm-?\d+\w*\"?|"
     r"antitank mina\w*|texnika eleyhine mina\w*"),
    ("ap_mine", r"piyada ?eleyhine (?:\w+ )?mina\w*|piyada eleyhine|insan eleyhine mina\w*|pem\b|"
     r"\"?pmn-?\w*\"?|ozm-?\d*"),
    ("improvised_mine", r"(?:ozunduzeltme|elde qayrilmis|ozduzeltme) mina\w*"),
    ("cmr", r"kaset\w* (?:\w+ )?(?:bomba|sursat|doyus sursat|mermi)\w*|kaset bombasi\w*|subsursat\w*|"
     r"kasetli \w+"),
    ("uxo", r"partlamamis (?:\w+ ){0,2}?(?:sursat|mermi|bomba|qumbara|raket)\w*|"
     r"detonator\w*|partladici\w*|sursat\w*|qumbara\w*|aviabomba\w*|(?:aviasiya )bomba\w*|(?:top |minaatan |artilleriya )?mermi\w*|el bombasi\w*|(?:\w+ )?bombalari?|"
     r"muharibe qaliqlari\w*|partlayici qaliq\w*"),
    ("topic", r"minalardan (?:tam )?temizl\w+|mina axtaran\w*"),
    ("mine_unspecified", r"(?<!sixta )(?<!deniz )(?<!komur )" + _MINE + r"|"
     r"mina (?:partla|hadise|qurban|insident)\w*|minadan"),
    ("topic", r"mina (?:terror|tehluke|sahe|maarif|xerite|risk|problem)\w*|minali|minalan\w*|minatemizle\w+|minaaxtaran\w*|anama\w*|minalardan"),
    ("unknown", r"tapdi\w+ (?:\w+ )?(?:esya|cisim|predmet|qurgu)\w*"),
    ("improvised_mine", r"(?:eldeqayirma|elde qayrilmis|ozduzeltme|ozunduzeltme) (?:partlayici|qurgu)\w*(?= (?:uzerin|ustun|toxun|tapda)\w*)"),
    ("unknown", r"partlayici(?:nin|ya|dan|lar\w*)?(?= (?:partla|uzeri|ustu|infilaq|detonasiya|ise dus)\w*)|partlayici (?:qurgu|vasite|madde|predmet|cisim)\w*|namelum (?:cisi?m|esya|qurgu|predmet)\w*"
     r"|namelum partlayici\w*"),
)  # fmt: skip
BLAST = (
    ("plural", r"(?:iki|uc|dord|bes) (?:mina )?(?:partlayis|partlama)\w*|(?:iki|uc|dord|bes|bir nece) mina (?:hadise|insident)\w*|partlayislar\w*|partlamalar\w*|mina hadiseleri\w*"),
    ("noun", r"partlayis\w*|partlama(?:si|sindan|sinin|sina|sini|dan)|infilaq\w*|detonasiya\w*"),
    ("blast", r"partla(?:yib\w*|di\b|di|ma(?:si|sindan|sinin|nin|sina|lar|lari|sini)\w*|mis|mish|yan|diqda|"
     r"dilib|nmasi|yaraq|tma\w*|dib|yir|dirilma\w*|masiyla|dilmasi|masinda|yarken|diginda|digi)|"
     r"mina hadise\w*|mina insident\w*|infilaq\w*|detonasiya\w*|ise dus\w*|mina partlama\w*"),
)  # fmt: skip
_FALL = (
    r"(?:dus(?:ub|en|me|mesi\w*|erek|du|duyu|duler|mus|musler|musler|dukde|menin|melerinin|meleri\w*|mekle|"
    r"duyunu|dukleri|enler\w*|enin|enlerin|ubler|mesinin|mesinden|duyune|duyunden|dugu|en(?:de)?|er)?\w{0,6}"
    r"|cirpil\w+|toxun\w+|ilis\w+|cix\w+|basib|basdi|basaraq|basan\w*|basmasi\w*|ilis\w+|deyib|carp\w+)"
)
HIT = (
    ("found", r"(?:mina|mermi|sursat|qumbara|qurgu|\w*bomba)\w* (?:\w+ )?rast gel\w+"),
    ("field", r"mina(?:li|lanmis)? (?:saheye|sahesine|erazi(?:ye|sine)|yamac\w*|otlag\w*|cemen\w*|dere\w*|tarla\w*) (?:\w+ )?(?:gir|dus|daxil)\w*"),
    ("field", r"mina(?:li|lanmis)? (?:sahe|sahesin|erazi|erazisin|yamac|otlaq|cemen|dere|tarla)d[ae]"),
    ("hit", r"(?:ayag|teker)\w* altinda (?:\w+ ){0,3}?partla\w+"),
    ("hit", r"(?:mina(?:ya|sina|lara|nin ustune|nin uzerine|ni)|mermiye|sursata|qumbaraya|qurguya|\w*bombaya) "
     r"(?:\w+ ){0,2}?" + _FALL),
    ("hit", r"mina(?:nin|sinin)? (?:ust(?:un)?(?:den|dan)|uzerinden) (?:kec|ot|sur)\w+|mina(?:nin|sinin)? (?:ustune|uzerine) (?:cix|dus|bas|sur)\w+|"
     r"mina(?:ya|ni|sina|sini) (?:\w+ ){0,2}?(?:tapda|basma|basib|bas(?:an|araq|di)|ise sal|aktivles|toqqus)\w*|minani partlad\w+"),
    ("hit", r"(?:mina )?partlayis(?:a|ina) (?:\w+ )?dus\w+"),
    ("hit", r"minada (?:\w+ )?partla\w+"),
    ("hit", r"(?:partlayici|qurgu|mermi|sursat|qumbara|cisim)\w*n[iu]n (?:uzerin|ustun)(?:e|den) (?:\w+ )?(?:cix|bas|kec|dus|sur)\w+"),
)  # fmt: skip
OUTCOME = (
    ("killed.relative", r"(?:helak olan|helak olmus|ölen|ölmus|sehid olan)(?= (?!nefer|sexs|iki neferden|uc neferden|var|yox|haqq|ve )\w)"),
    ("injured.relative", r"(?:yaralanan|yaralanmis|(?:xesaret|yara|zede|zerer)(?:ler)? (?:\w+ )?(?:alan|almis|ceken|cekmis))(?= (?!nefer|sexs|iki neferden|uc neferden|ve |ve,)\w)"),
    ("injured.toll", r"(?:yaralanan|xesaret alan|zerer ceken|yarali)l[ae]r\w* (?:\w+ )?sayi(?= \w)"),
    ("killed.toll", r"(?:ölen|(?:helak|sehid) olan|heyatini itiren|dunyasini deyisen|vefat eden|qurban)l[ae]r\w* (?:\w+ )?sayi(?= \w)"),
    ("injured.state", r"(?:penc|ayag|el|goz|qol|barmag)\w* xilas (?:etmek (?:\w+ )?(?:mumkun )?olma|ede bilme|edile bilme)\w+|protez lazim\w*"),
    ("injured.before", r"yarali(?=[.,;]|$)|(?:ayag|qol|barmag|penc|el|goz|gozler|ayaqlar)(?:in|larin|lerin)?(?:dan|den) olub|qan itir\w+ halda \w+|yarim(?:can|hus\w*) (?:halda |veziyyetde )?tap\w+"),
    ("injured.before", r"xesaret(?:ler)?l[ea] (?:qurtul|xilas|sag qal)\w+|(?:agir|yungul) yan(?:ib|di|mis)\w*"),
    ("injured.before", r"(?:travma|siniq|sinig|zerbe|cat|ezik|zedelenme|cerahet)\w* (?:\w+ )?(?:al|cek|gor)(?:ib|di|an|araq|erek|mis)\w*|(?:kontuziya|elil|sikest)\w{0,3} (?:ol|qal)(?:ub|du|mus|araq|ib|di|mis)\w*|"
     r"hospital(?:izasiya|laşdırma) \w+|(?:saglamli|sehhet)\w* (?:\w+ )?(?:zerer|ziyan|xesaret) (?:deyi|vurul|yet)\w*|zererceki(?:b|lib)|yarali (?:olaraq|kimi) \w+|"
     r"yaralanmis ve|(?:hekim|tibb)\w* (?:\w+ )?nezaret(?:i|in)\w* (?:\w+ )?(?:alt|saxla|goturul|verilib)\w*"),
    ("killed.before", r"(?:yerindece|hadise yerinde|xestexanada) olub(?=[,.;]|$)"),
    ("killed.late", r"cani(?:ni|n) (?:qurtarmaq|xilas etmek) (?:\w+ )?(?:mumkun )?olma\w+"),
    ("injured.before", r"(?:ayag|el|qol)\w*n[iu]n (?:\w+ )?(?:barma[gq]|penc)\w* (?:\w+ )?(?:itir|qop|kesil|amputasiya)\w*"),
    ("injured.before", r"heyati ugrunda (?:\w+ ){0,2}?mubarize \w+"),
    ("injured.state", r"el(?:in|ler|i)(?:in)?de (?:\w+ )?partla\w+"),
    ("injured.after", r"(?:yaralanan|xesaret alan|zerer ceken)lar(?= (?:\d+|bir|iki|uc|dord|bes|alti|yeddi|sekkiz) nefer)"),
    ("both.before", r"xesaret al\w+ ve ya (?:helak|öl)\w*(?: ol\w+)?|yaralan\w+ ve ya (?:helak|öl)\w*(?: ol\w+)?|mina (?:\w+ )?qurban\w* (?:ol\w+|cevril\w+)|qurban\w* (?:ol\w+|cevril\w+)|helak olub ve ya yaralan\w*|"
     r"ol\w+ ve ya yaralan\w*|helak olub,? yaxud \w+|helak olan ve yaralanan\w*|qurbani"),
    (
        "injured.state",
        r"veziyyet\w* (?:\w+ ){0,2}?(?:stabil|qenaetbexs|kafi|agir|orta|ciddi)\w*|heyati(?:na|nin|ucun)? (?:\w+ ){0,2}?tehluke\w*",
    ),
    ("injured.before", r"(?:xesaret|yara|yaniq|travma|ezilme|cizi[gq]|cizma|siyriq|siyrinti|sinig|siniq)(?:lar|ler)?(?:i|si)? ?(?:ile|la|le)(?= (?:\w+ ){0,4}?(?:gonder|catdir|apar|yerlesdir|getir|kocur|daxil|muraciet|canini|xestexana))"
     r"(?: (?:\w+ )?canini qurtar\w+)?|(?:xestexana|hospital|klinika|muessise)\w{0,3}(?:ya|na|ye|ne|a) (?:dus(?:ub|du|mus)|daxil ol)\w*"),
    (
        "injured.before",
        r"(?:agir|orta|kritik|kafi) veziyyetde(?= (?:\w+ ){0,4}?(?:apar|catdir|yerlesdir|gonder|kocur|getir)\w+)",
    ),
    ("injured.before", r"yarali (?:hal|veziyyet)(?:da|de)\w*"),
    ("injured.before", r"(?:xestexana|hospital|klinika|reanimasiya)dadir(?:lar)?|yarali(?:dir|dirlar|yam|ydi|ymis)|"
     r"mualice (?:\w+ )?(?:al|olun|edil|gor)\w+|mualicesi (?:\w+ )?davam \w+|(?:hekim|tibbi) nezaret\w* \w+|"
     r"(?:qelpe|yara|zede|xesaret)\w* (?:\w+ )?(?:alib|alan|alaraq|almisdi\w*|almis\w*|aldi\w*)|xesaret(?:ler)? (?:\w+ )?(?:deyib|deydi|deymis\w*|deyen|yetirilib|yetirilmis\w*)|"
     r"(?:yaralanmis|yaralanmisdi)\w*|(?:ayag|barmag|qol|el|goz)\w{0,6} (?:\w+ )?(?:qopub|qopdu|qopmus|qoparib|qopardi|kesilib|cixib|uzulub)\w*"),
    ("injured.before", r"yarala(?:yib|di|mis|misdi)\w*|koma(?:dadir|ya dus\w+)\w*|beyin silkelen\w+ (?:\w+ )?al\w+|qabirga\w* (?:\w+ )?sin\w+|"
     r"(?:helikopter|vertolyot|teyyare)\w* (?:\w+ )?(?:aparil|cixaril|texliye|catdiril)\w*|qelpe\w* (?:\w+ )?(?:deyib|deydi|deymis|batib|sancil)\w*|"
     r"(?:daban|topuq|topug|diz|bud|baldir|ovuc|qulag|qulaq|cene|penc)\w* (?:\w+ ){0,2}?(?:itir|qop|parcalan|kes|sin|desib|deldi|delib)\w*|(?:ayaq|el|goz|qol)dan ol\w+|"
     r"(?:gor|esit)me qabiliyyet\w* itir\w+|huquzunu itir\w+|gozden mehrum\w*|kor ol\w+|sikest\w*|kesik\w* al\w+|(?:ilk )?tibbi yardim (?:goster|al)\w+|"
     r"(?:ayag|qol|bud|barmag|qabirga|el)\w* (?:\w+ )?(?:sinib|sinmis|qirilib|ezilib|yanib)\w*"),
    ("injured.state", r"sagalir(?:lar)?|(?:salamat|sag) qal(?:ib|an|di)(?:lar)?(?= (?:biri|ikisi))"),
    ("killed.late", r"(?:aldigi|aldiqlari|almis oldugu) (?:\w+ ){0,4}?(?:xesaret|yara|yaralanma|zede)\w* "
     r"(?:\w+ ){0,4}?(?:öl(?:ub|du|mus)|helak ol\w*|dunyasini deyis\w*|vefat et\w*|vefat ed\w*|heyatini itir\w*|"
     r"sehid ol\w*|kecin\w*)|"
     r"(?:xestexanada|hospitalda|xestexanaya catdirilarken|yolda|hekimlerin \w+ baxmayaraq|daha sonra|"
     r"sonradan|emeliyyat zamani|emeliyyat masasinda|klinikada|reanimasiyada) (?:(?!bir|iki|uc|dord|bes|nefer|partlayis|qadin|kisi|usaq|\d)\w+ ){0,5}?(?:öl(?:ub|du|mus|duy\w*)|helak ol\w*|"
     r"dunyasini deyis\w*|vefat et\w*|vefat ed\w*|heyatini itir\w*|sehid ol\w*|kecin\w*)|"
     r"xilas (?:etmek (?:\w+ )?(?:mumkun )?olma|edile bilme|ede bilme)\w+|vefat et\w*|vefat ed\w*|kecinib"),
    ("killed.before", r"(?<!ayagi )(?<!eli )(?<!qolu )parcalan\w+|heyata vida ed\w*|canini tapsir\w*|helak(?: ol\w*| ed\w*)?|sehid (?:ol\w*|dus\w*)|öl(?:ub|du|en|erek|mus|dur|me|duy)\w*(?! var)|"
     r"heyatini (?:itir\w+|deyis\w+)|heyatdan get\w+|dunyasini deyis\w*|canini itir\w*|"
     r"meyit\w* (?:\w+ ){0,3}?(?:tapil|ask|goturul|cixaril|getiril)\w*|ölum\w*(?: (?:ile|sebeb))?"),
    ("killed.before", r"(?:heyat|dunya|omr)\w{0,4} (?:son qoy|vidalas|goz\w* yum|sona (?:yet|cat)|kocub|kocdu|kocmus|ayril)\w*|rehmete (?:ged|get|qovus)\w+|can ver\w+|qurban ged\w+|olen(?:ler)?(?=\w{0,3} )|ölum\w* sebeb ol\w+|yanib ölub"),
    ("injured.before", r"(?:xestexana|hospital|klinika|reanimasiya)d[ae] qal(?:ir|ib|maqdadir)\w*"),
    ("killed.before", r"(?:ölu|ölmus) (?:\w+ )?(?:tapil|askarlan)\w+"),
    ("animal.before", r"telef (?:ol(?!ma)\w+|ed\w+)"),
    ("killed.all", r"hec (?:kim|kes|biri) (?:\w+ )?(?:sag qalma|xilas ola bilme|sag cixma)\w+|sag qalan (?:yoxdur|olmayib)|xilas olan (?:yoxdur|olmayib)"),
    ("killed.count", r"ölu|ölen|helak olan"),
    ("injured.before", r"yaralan\w*(?<!yaralanma)|xesaret (?:\w+ )?(?:al\w*|yetir\w*|yetib\w*)|"
     r"(?:xesaretler?|xesaretleri|xesareti|yarasi|yaralar|zede|travma|yaniq\w*|kontuziya) (?:\w+ )?"
     r"al(?:ib|di|an|araq|iblar|mis|mislar|dilar|maq|masi)\w*|yaralandi|(?:sin(?:ib|mis\w*|diq)|kor ol\w+|(?<=uzu )yanib|(?<=elleri )yanib|(?<=eli )yanib|(?<=gozu )cixib|(?<=gozleri )cixib|ezil(?:ib|mis\w*))(?!\w)|ezilme xesaret\w* al\w*|"
     r"(?:cerrahi\w* )?emeliyyat (?:olun|edil|keciril)\w*|"
     r"(?:ayag|el|goz|ayaq|qol|peyser|eller|barmaq|penc|aya|etraf|her iki ayag)\w* (?:\w+ )?"
     r"(?:itir\w*|amputasiya\w*|kesil\w*|qop\w*|parcalan\w*|mehrum\w*|travmatik \w+)|amputasiya\w*|"
     r"(?:ayag|el|goz|ayaq|qol)\w*n[iu]n bir hissesini \w+|(?:ayag|el|goz|ayaq|qol)\w*(?:dan|den|ndan|nden) (?:\w+ ){0,3}?(?:xesaret|yara|zede)\w*(?: al\w+)?|"
     r"zerer cek\w+|hospital(?:ize \w+|las\w+)|(?:xestexana|hospital|klinika|merkez|reanimasiya|tibb mente[gq]e)\w*(?:ya|na|ne|a) (?:yerlesdiril|catdiril|aparil|texliye|"
     r"kocurul|getiril)\w*|sikest (?:ol|qal|ed)\w*|yaralanmasi\w*|ayaqdan mehrum \w+|"
     r"(?:goz|qol|ayag|el|bel|sinir|onurga|bas|uz)\w* (?:\w+ )?zedelen\w+|ayaqsiz qal\w*"),
    ("injured.state", r"(?:ayag|ayaq|el|qol|barmag|penc)\w{0,6} (?:\w+ )?(?:kes(?:ib|di|mis|m[ae]\w{0,3})|amputasiya ed\w+)(?!\w)"),
    ("injured.count", r"yarali(?: var| olub| veziyyet\w*)?|xesaret alan(?: var)?|yaralanan(?: var)?"),
)  # fmt: skip
NEGATED = (
    ("no_dead", r"(?:ölen|helak olan)(?:lar)? (?:yoxdur|olmayib|yox idi)"),
    ("none", r"(?:hec kim |hec kes )?(?:xesaret|yara|zede|zerer) (?:almadan|gormeden|cekmeden)(?: \w+){0,2}"),
    ("none", r"(?:yalniz|ancaq|tekce) (?:\w+ )?(?:texnika|masin|avtomobil|traktor|ekskavator|buldozer|maqnitol|kombayn)\w* (?:\w+ )?(?:zerer|ziyan|zede|xesaret|sira)\w*(?: \w+)?"),
    ("none", r"(?:hec ne|hec bir sey|hec ne de) ol(?:mayib|madi|mamis)\w*|xesaret (?:\w+ )?(?:alma|deyme|yetirilme|yetme)(?:yib|di|mis)\w*|"
     r"yaralanma(?:yib|di|mis)\w*|zerer (?:cek|gor)me(?:yib|di|mis)\w*|(?:helak|telef) olma(?:yib|di|mis)\w*|ölme(?:yib|di|mis)\w*|"
     r"salamat (?:qurtul|qal)\w+|(?:sag ve )?salamat(?:dir|dirlar)|xilas ol(?:ub|du)\w*|qorxu ile (?:\w+ )?(?:qurtul|otus)\w+|burn(?:u|lari) da qanama\w+|"
     r"(?:bos|icinde hec kim olmayan) (?:masin|traktor|avtomobil)\w*|(?:ölen|yaralanan|xesaret alan|zerer ceken)\w*(?: (?:ve|ve ya) \w+(?: alan\w*)?)? yox(?:dur|du| idi)\w*"),
    ("none", r"(?:xesaret\w*|ölen\w*|yarali\w*|yaralanan\w*|itki\w*|helak olan\w*|zerer ceken\w*|telefat\w*|"
     r"(?:insan )?telefati|zerercekmis)(?: \w+)?(?: (?:ve|ve ya|yaxud|ve yaxud) \w+(?: alan\w*| olan\w*)?)? "
     r"(?:yoxdur|olmayib|olmadi|qeyde alinmayib|yox idi|bas vermeyib)|"
     r"(?:xesaret|yara) alan\w* (?:\w+ )?(?:yoxdur|olmayib|olmadi)|"
     r"(?:hec kim|hec kes|kimse|hec kes) (?:\w+ )?(?:xesaret almayib|yaralanmayib|ölmeyib|zerer cekmeyib|"
     r"helak olmayib|xesaret yetmeyib)|xesaret almayib\w*|yaralanmayib\w*|xesaret almadi|"
     r"(?:ozu |surucu )?(?:sagdir|sag qal(?:ib|di|mis|iblar|dilar|mislar))(?!\w)|hec ne olmay\w+|xesaret yetmey\w+|xesaretsiz|itkisiz|zerer cekmeyib|xesaret yoxdur|sag-salamat"),
)  # fmt: skip
MODAL = (
    ("modal", r"(?:minaya dus[dm]|mina(?:li|lanmis)? (?:sahe|erazi)\w* (?:gir|dus)|mina\w* (?:ise dus|partlad))\w+ (?:[\w-]+ ){0,2}?(?:(?:ehtimal|guman) ed(?:irdi|ibmis)\w*|ehtiyat\w*|zenn\w*|fikirlesir?di\w*|qorx\w*)"),
    ("modal", r"mina\w* (?:\w+ )?(?:dusmesin|partlamasin)\w*|(?:dusmesin|partlamasin|yaralanmasin|ölmesin)\w* deye"),
    ("modal", r"(?:öldur|yarala|apar|dagid|partlad|xesaret ver)\w{0,3}[ae] biler\w*"),
    ("modal", r"mina\w{0,3} (?:\w+ )?dus(?:erse|se|ende ne|dukde ne)(?! de(?!\w))\w*|(?:\w+ )?(?:ola|yaralana|partlaya|duse|ole|itire|ala) biler\w*|(?:ola|yaralana|partlaya|duse|ole|ala|itire) bil(?:er|ecek|e|en)\w*|"
     r"(?:helak|sehid) ola|(?:partlama|yaralanma|olum|minaya dusme)\w* (?:riski|tehlukesi|ehtimali|tehlike)\w*|"
     r"minaya dusen(?:ler)? [^.]{0,60}?bil(?:er|erler|ecek)|minaya dus(?:me)?mek\w*|(?:partla|yaralan|öl)maqdan|[^.]{0,90}(?:yaralansa|partlasa|dusse(?! de)|gorsen\w+|gorse|tapsan\w+)(?!\w)|(?:helak olma|yaralanma)(?:maq|masi) ucun|sebeb ola|yaralanmaqdan|"
     r"(?:helak olan|sehid|ölen)\w* (?:\w+ ){0,4}?(?:aile|yaxin|valideyn)\w* (?:\w+ ){0,4}?bassaglig\w+|"
     r"(?:almamaq|almamasi|yaralanmamaq|partlamamasi) ucun"),
)  # fmt: skip
_END = r"(?:lar|ler)?(?:i|u|si|su|mi)?(?:n|nin|in|nun|un|ni|nu|ye|ya|e|a|na|ne|dan|den|ndan|nden|la|le|yla|yle)?(?:dir|dirlar|dirler)?"
_SUFFERS = (
    r"(?= (?:[\w(),.-]+ ){0,5}?(?:helak|ölub|öldu|ölmus|yaralan|xesaret|minaya|ayag|vefat|dunyasini|kecin|canini|"
    r"heyatini|sehid|agir|yungul|travma|kontuziya|qelpe))"
)
_OF_BODY = "(?:{})".format(
    "|".join(
        f"(?<={body}nin {number})"
        for body in ("teskilati", "qht-", "sirketi")
        for number in ("", "bir ", "iki ", "uc ", "dord ", "bes ")
    )
)
PERSON = (
    ("employee", _OF_BODY + r"isci(?:si|leri)\w*"),
    ("peacekeeper", r"(?:rusiya(?:nin|li)? )?sulhmeramli\w*(?: (?:kontingent|quvve|missiya)\w*)?"
     r"(?: (?:herbi )?(?:herbci|qulluqcu|zabit|esger|gizir|emekdas)\w*)?"),
    ("deminer", r"(?:minatemizleme|minaaxtaran\w*|sapyor\w*|istehkamci\w*) (?:qrup|briqada|komanda|heyet|dest)\w*"),
    ("deminer", r"mina ?axtaran\w*|minatemizleyen\w*|sapyor\w*(?! (?:bolme|boluy|boluk|taqim|tabor|batalyon|hisse))|pirotexnik\w*|kesfiyyatci-istehkamci\w*|"
     r"istehkamci\w*|minatemizleme (?:uzre )?(?:mutexessis|operator|isci|emekdas)\w*|"
     r"anama(?:-nin|nin)? (?:\w+ ){0,2}?(?:emekdas|isci|mutexessis|operator|minatemizleyen|sapyor)\w*|"
     r"partlayici uzre mutexessis\w*|kinoloq\w*"),
    ("police", r"polis (?:polkovnik|mayor|kapitan|leytenant|serjant|zabit)\w*|polis(?:ler|leri)?(?:in|imiz|e|i|den|dir|dirler|ler)?(?: (?:emekdas|zabit|isci|serjant)\w*)?(?! (?:idare|sobe|bolme|mentege|masin|avtomobil|post|texnika|onun |onlarin |bunun ))|"
     r"din(?:-in|in)? (?:\w+ ){0,2}?emekdas\w*|daxili isler (?:nazirliyinin|organlarinin|orqanlarinin) "
     r"(?:\w+ ){0,2}?(?:emekdas|qulluqcu)\w*"),
    ("emergency_worker", r"xilasedici\w*|yanginsonduren\w*(?! (?:masin|avtomobil|texnika))|fovqelade hallar (?:nazirliyinin |xidmetinin |"
     r"uzre )?(?:\w+ ){0,1}?(?:emekdas|isci|xidmetci)\w*|fhn(?:-in|in)? (?:\w+ )?(?:emekdas|isci|xilasedici)\w*|"
     r"hekim(?:in|ler|leri|lerin)?(?! [^.;]{0,120}?(?:(?:xilas|emeliyyat) ed|amputasiya|kes(?:ib|di|mis|m[ae])))|feldser\w*|tibb bacisi\w*|tibb (?:isci|emekdas)\w*|"
     r"tecili (?:tibbi )?yardim(?:in)? (?:\w+ )?(?:isci|emekdas|surucu|hekim)\w*"),
    ("aid_worker", r"qirmizi xac(?:in)? (?:\w+ )?(?:emekdas|isci|numayende)\w*|"
     r"humanitar (?:\w+ )?(?:isci|emekdas)\w*|bmt(?:-nin)? emekdas\w*"),
    ("journalist", r"jurnalist\w*|reportyor\w*|operator(?:u|lari|lar)? ?\w{0,3}(?=.{0,40}(?:televiziya|tv|kanal))|muxbir\w*|"
     r"fotoqraf\w*|azertac(?:-in|in)? emekdas\w*|aztv(?:-nin|nin)? (?:\w+ )?(?:emekdas|operator)\w*|media (?:isci|numayende|mensub)\w*|"
     r"teleoperator\w*|cekilis qrupu\w*"),
    ("military", r"matros\w*|kursant\w*|desantci\w*|topcu(?:lar|nun|su)?(?!\w)|tankci\w*|(?<!mina )kesfiyyatci\w*|(?:tagim|boluk|tabor|manqa|batareya|alay|briqada|divizion)\w* komandir\w*|komando(?:cu\w*)?|"
     r"herbi hekim\w*|hekim-(?:leytenant|kapitan|mayor)\w*"),
    ("military", r"herbi (?:xidmet )?(?:qulluqcu|xidmetci)\w*|herbci\w*|esger\w*|polkovnik\w*|podpolkovnik\w*|"
     r"leytenant\w*|gizir\w*|(?:bas|kicik) (?:gizir|cavus|leytenant|serjant)\w*|bascavus\w*|mayor\w*|kapitan\w*|serjant\w*|ceavus\w*|cavus\w*|sixi esger\w*|"
     r"serhedci\w*|doyuscu\w*|mudd\w+ \w+ esger\w*|praporsik\w*|general\w*|"
     r"silahli\w*(?= helak| yarala)|"
     r"dsx(?:-nin|nin)? (?:\w+ ){0,2}?(?:emekdas|qulluqcu)\w*|serhed (?:\w+ )?xidmetinin (?:\w+ ){0,2}?(?:emekdas|qulluqcu)\w*"),
    ("civilian+child", r"(?:azyasli )?usa[gq]\w{0,10}(?! (?:bagca|ev))|(?<!yasli )ovlad\w{0,6}(?! atasi| anasi)|yeniyetme\w*|mektebli\w*|sagird\w*|"
     r"oglan(?:lar|in|i)?|qiz(?:lar|lari|larin|in|i|inin)?(?= |,|\.)|azyasli(?:lar|nin)?|korpe\w*"),
    ("civilian+female", r"qadin\w*|anasi\w*|ana(?= |,)|bacisi\w*|bacilar\w*|heyat yoldasi\w*|arvadi\w*|nene\w*"),
    ("civilian+pair", r"er-arvad\w*|valideyn(?:ler|lerin|i)?"),
    ("civilian+child", r"sinif yoldas\w*|sinif dost\w*"),
    ("self", r"ozu(?= (?:ve|(?:(?:ise|da|de) )?(?:ölub|helak|yaralan|xesaret|kecin|dunyasini|sehid|heyatini|ayag|agir)\w*)(?!\w))|ozunun(?: ise)?(?= )"),
    ("civilian+one", r"(?:\w+ )?(?:usaq|ovlad) (?:ata|ana)si\w*"),
    ("civilian", r"tercumeci\w*|er(?= (?:helak|öl|yaralan|xesaret|ve |ile ))"),
    ("civilian", r"(?:ev|masin\w*|avtomobil\w*|traktor\w*|suru\w*|teserrufat\w*) sahibi\w*"),
    ("civilian", r"(?:yerli |kend |rayon |mulki |seher |qesebe |dinc ){0,6}(?:sakin|vetendas|sexs(?=iyyet))" + _END + r"|"
     r"(?:mulki|dinc) (?:sexs|ehali|insan|adam|vetendas)\w*|mulki (?:\w+ )?(?:sexs|nefer)\w*|kend sakin\w*|"
     r"coban(?!l[iu][gq])\w*|fermer(?!l[iu][gq])\w*|kendli\w*|surucu\w*|traktorcu\w*|traktorist\w*|fehle\w*|insaatci\w*|"
     r"isci(?!lik)\w{0,8}|kombaynci\w*|ekskavatorcu\w*|buldozerci\w*|"
     r"baba(?=si| |,)(?:si)?|neve\w{0,6}|supurgeci\w*|yerölçen\w*|torpaqolcen\w*|topoqraf\w*|komekci fehle\w*|benna\w{0,6}|qaynaqci\w*|dulger\w*|aspaz\w*|satici\w*|ustalar\w*|ustasi\w*|usta(?= |,)|qulluqcu qadin\w*|malci(?!l[iu][gq])\w*|qoyuncu(?!l[iu][gq])\w*|inekci(?!l[iu][gq])\w*|ilxici\w*|"
     r"muhafizeci\w*|kranci\w*|kranvuran\w*|suvarici\w*|sukes\w*|yolcu\w*|yol cek\w+|qoca(?:nin|lar|si)?(?= |,)|ahil\w*|cavan\w{0,6}|yetim\w*|dul qadin\w*|gelin(?:i|inin|in)?(?= |,)|kureken\w*|"
     r"qayinata\w*|qayinana\w*|qayni\w*|baldiz\w*|xala\w{0,5}(?= |,)|bibi\w{0,5}|dayioglu\w*|emioglu\w*|qohum\w*|tanis(?:i|lari)|qonag\w*|qonaq\w*|derzi\w*|berber\w*|baytar\w*|"
     r"oduncu\w*|arxeoloq\w*|alim(?:ler|in)?|topoqraf\w*|hidroloq\w*|texnik(?:i|ler|in)?(?= |,)|rabiteci\w*|demiryolcu\w*|elektrikci\w*|qazci\w*|santexnik\w*|rengsaz\w*|suvaqci\w*|betoncu\w*|"
     r"motosikletci\w*|velosipedci\w*|atli(?= |,)|beledci\w*|ziyalı\w*|direktor\w*|bas hekim\w*|sedr(?:i|in)?(?= )|meseci\w*|yemisci\w*|bostanci(?!l[iu][gq])\w*|taxilci\w*|pambiqci\w*|"
     r"otaranlar\w*|yiganlar\w*|toplayanlar\w*|istirahet ed\w+|zevvar\w*|"
     r"qreyderci\w*|masinist\w*|aqronom\w*|mexanizator\w*|cilinger\w*|hidrotexnik\w*|zootexnik\w*|dalandar\w*|prorab\w*|muhasib\w*|menecer\w*|muzdur\w*|malyar\w*|deputat\w*|"
     r"ziyali\w*|sair(?:in|ler|i)?(?= |,|\.)|blo[gq]er\w*|laborant\w*|memar\w*|vekil\w*|bankir\w*|tacir\w*|ekspeditor\w*|dispetcer\w*|pilot(?:un|lar|u)?(?= |,|\.)|sarban\w*|sagici\w*|bicinci\w*|ekinci(?!l[iu][gq])\w*|"
     r"(?:ali|orta|kicik)? ?(?:mekteb|bagca|xestexana|klub|idare|sobe|sahe)\w* (?:mudir|reis|direktor)\w*|mudir(?:i|inin)(?= |,)|arvad(?:i|in|inin)?(?= |,|\.)|baci(?:lar|nin)?(?= |,|\.)|"
     r"ovcu(?!l[iu][gq])\w*|baliqci(?!l[iu][gq])\w*|arici(?!l[iu][gq])\w*|telebe\w*|muellim(?!l[iu][gq])\w*|teqaudcu\w*|pensiyaci\w*|memur\w*|"
     r"muhendis(?!-istehkam)(?!-?\w* (?:is|temin|kesf|istehkam|techizat|qosun))\w*|energetik\w*|montyor\w*|elektrik(?:i|ler|in)?(?= (?:[\w(),.-]+ ){0,3}?(?:yarala|helak|minaya|ölub|öldu|xesaret|vefat|heyatini|dunyasini))|(?:(?<=iki )|(?<=uc )|(?<=bir )|(?<=dord ))elektrik(?= )|geoloq\w*|sernisin\w*|piyada(?:lar)?(?! eleyhine)(?= |,)|"
     r"kisi(?:nin|ler|leri|lerin|ni)?(?= |,|\.)|ata(?:si|sinin|nin)?(?= |,)|oglu|oglunun|qizi(?= )|ogullari|"
     r"(?:emi|dayi|bibi|xala)(?= (?:ve|yarala|helak|öl)|,)|(?:emi|dayi|bibi|xala|baba)(?:leri|lari|si|sinin|sini|sina)(?!\w)|(?:ogl|qiz|qardas|baci|ata|ana|hayat yoldas|yoldas|dost)(?:um|im|m)(?: ise| da| de)?(?= )|men(?= ve )|qardas\w*|sahibkar\w*|ogul|ogulu\w*|aile|aile uzv\w*|aile(?:nin|si)? (?:uzv|fert)\w*|emisi\w*|dayisi\w*|nevesi\w*|qonsu\w*|"
     r"mecburi kockun\w*|kockun\w*|maldar(?!l[iu][gq])\w*|naxirci\w*|cekici|motosiklet\w* suren|genc|genc(?:ler|in|i)?(?= |,)|"
     r"icra numayende\w*|belediyye sedri\w*|turist\w*|ziyaretci\w*|"
     r"dost\w*(?= )|bagban(?!l[iu][gq])\w*|uzumcu(?!l[iu][gq])\w*|operator\w*|gozetci\w*|qoruqcu\w*|mesebeyi|podratci\w*|"
     r"mal-?qara otaran|heyvan otaran"),
    ("civilian+age", r"(?:\d{4}(?:-?\w+)?(?: il(?:in|de)?)?(?: \d{1,2} [a-z]+| [a-z]+ \d{1,2})?,? )?(?:tevelludlu|tevellud)|\d{4}-?\w* il(?:de)?(?: \w+)? (?:anadan olmus|anadan olan|dogulmus|dogulan|dogumlu)|(?:\d+ ve )?(?:(?:on|iyirmi|otuz|qirx|elli|altmis|"
     r"yetmis) )?\w+(?:-\w+)? yas(?:(?:li|inda)\w*|(?=\)))"),
    (
        "animal",
        r"qoyun\w*|ine[ky]\w*|heyvan\w*|at(?:lar|in|i)?|it(?:lar|ler|i)?|keci\w*|mal-?qara\w*|mal|dana\w*|"
        r"buzov\w*|camis\w*|bas (?:mal|heyvan|qoyun|ine[ky])\w*|naxir\w*|suru(?:su)?\w{0,2}",
    ),

    ("same", r"yanindaki(?:nin)?(?= )(?! (?:\w+ ){0,2}?(?:nefer|sexs|adam|usaq|qadin|kisi|oglan|qiz|\w+ci(?:ler)?|\w+cu(?:lar)?|fehle|sakin|sernisin|esger|polis|dost|qohum|qardas|yoldas)\w*(?!\w))|(?<!heyat )yoldas(?:i|ini|lari|inin|larindan|i ise)?(?= )|(?:onun )?(?:komekci\w*|muavin(?:i|inin|leri)|hemkar\w*|is yoldas\w*|silahdas\w*)"),
    ("rest", r"qalanlar\w*|digerleri\w*|(?<!sag )(?<!salamat )qalan \w+"),
    ("officer", r"zabit\w*"),
    ("employee", r"rehber(?:i|inin)(?= |,)|komandir(?:i|inin)?|emekdas\w*|mutexessis\w*|uzv(?:u|leri|lerin|unun)?|konullu\w*|numayende\w*|qulluqcu\w*"),
    ("unknown", r"ecnebi\w*|xarici vetendas\w*|nefer\w*|adam\w*|sexs(?:in|ler|lerin|i|leri|e|lerd[ae]n)?(?= |,|\.|$)|insan(?:in|lar|larin)?(?= )|kes(?=in|i)|can(?=ini)|"
     r"azerbaycanli\w*|zerercekmis\w*|zerer ceken\w*|onlardan|onlarin|xesaret alan(?:lar)?(?= (?:sexs|nefer))"),
    ("civilian", r"(?!(?:ekskavator|generator|transformator|detonator|akkumulyator|traktor|reaktor|sektor|vektor|detektor|faktor|radiator|paraqraf)(?!\w?ist)|\w+ik\w)[a-z]{2,}(?:ator|itor|ktor|ist|oloq|qraf|texnik|mexanik)(?:u|lar|i|un|unun|in|inin)?" + _SUFFERS),
    ("civilian", r"(?!partlayici|yandirici|(?:bir|iki|uc|dord|bes|alti|yeddi|sekkiz|doqquz|on|iyirmi|otuz|son|axir)\w{0,3}nc[iu]|\w*kesfiyyatci|\w*istehkamci|\w*doyuscu|\w*serhedci|\w*xilasedici|\w*qulluqcu|\w*xidmetci|\w*herbci)[a-z]{3,}(?:ci|cu)(?:si|su)?(?:lar|ler)?(?:i|in|nin|inin|ni|ya|e)?" + _SUFFERS),
    ("many", r"bir nece|bir sira|coxlu|cox sayda|onlarla(?= (?:insan|nefer|adam|mina|mermi|esger|usaq|mulki|sakin|sexs|ailе))|yuzlerle|xeyli|bezi|minlerle"),
)  # fmt: skip
COMMON = frozenset({
    "ve", "bu", "ile", "da", "de", "bir", "ki", "uzre", "ucun", "olub", "edib", "rayonunda",
    "rayonunun", "kendi", "erazisinde", "nefer", "haqqinda", "verir", "xeber", "melumat", "bas",
    "zamani", "neticesinde", "hadise", "mina", "verib", "oldu", "olan", "ise", "azerbaycan",
    "daha", "her", "sonra", "rayonu", "erazide", "minaya", "dusub",
})  # fmt: skip
ABBREVIATIONS = r"ci|cu|il|s|dr|prof|r-nu|qes|m|b|km|mln|min|t\.e|ve s"
FURNITURE = (
    r"(?:bizi izleyin|oxuyun|elaqeli|foto|video|reklam|xeber lenti|son xeberler|cox oxunanlar|"
    r"baxis|tarix|teqler?|menbe|paylas|diger xeberler|diger xeberler)\b[^.]{0,80}$",
    r"(?:sahid oldugunuz|you must enable|burada reklaminiz|sikayet|abune ol)",
)
FURNITURE_BELOW = (
    r"diger xeberler",
    r"son xeberler",
    r"xeber lenti",
    r"bu kateqoriyadan",
    r"sahid oldugunuz",
    r"cox oxunanlar",
    r"orphus",
    r"tags?:",
    r"son yazilar",
)
_UNITS = (
    ("biri", 1), ("ikisi", 2), ("ucu", 3), ("dordu", 4), ("besi", 5), ("altisi", 6),
    ("yeddisi", 7), ("sekkizi", 8), ("doqquzu", 9),
)  # fmt: skip
_DAYS = (
    *_UNITS, ("onu", 10), *((f"on {u}", 10 + n) for u, n in _UNITS), ("iyirmisi", 20),
    *((f"iyirmi {u}", 20 + n) for u, n in _UNITS), ("otuzu", 30), ("otuz biri", 31),
)  # fmt: skip
ORDINALS = {f"{day}{ending}": number for day, number in _DAYS for ending in ("", "nde", "nda")}
NTH = {
    f"{word}{ending}": number
    for number, word in ((2, "ikinci"), (3, "ucuncu"), (4, "dorduncu"), (5, "besinci"))
    for ending in ("", "si", "su")
}
NO_NUMBER = r"ucune?|on(?:un|u|a|dan|da)|bire|birin|bira"
APPOSITION = r" biri,? |(?<!nefer)(?<!sexs)(?<!l[ae]r) - (?:[\w-]+ ){0,4}"
OF_KIND = r"\d+-?s?[iu]|(?:iki|uc|dord|bes|alti|yeddi|sekkiz|doqquz|on)s?[iu]"
POSSESSIVE = (
    r"(?<=n[iu]n) (?:sahe|heyet|bag|torpag|tarla)\w+|"
    r" (?:(?:sozlerine|dediyine|dediklerine|bildirdiyine|bildirdiklerine) gore|"
    r"(?:\w+ )?seyler(?:ine|i)(?!\w))"
)
AGES = r"\d{1,2}(?: yas\w{0,5})?(?: ve |-| ile |,? )\d{1,2} yas\w*"
COMITATIVE = r" ile (?:\w+ ){2,}"
BELONGING = r" olan |(?<=n[iu]n) (?:(?!\w+(?:[ae]n|d[ae]) )\w+ ){0,3}"
NOT_NUMBER = r"{number}(?=(?: \w+)? (?:yox|deyil),)|(?<=saat ){number}|(?<=\d[:.])[0-5]\d(?!\d)"
OWNER = r"<.*n?[iu]n> (?:\w+ ){0,3}#.*[iuae]\w{0,4}"
CROWD = r"(?:\w+ )?(?:qrup|briqada|komanda|heyet)"
PARTITIVE_ONE = r"d[ae]n biri"
BODY = r"(?<!birinin )(?<!ikisinin )(?<!digerinin )(?<!biri )(?<!birisi )(?<!digeri )(?<!ikisi )(?<!ucu )(?<!boyuyu )(?<!kiciyi )(?:ayag|ayaq|el[il]|goz|qabirga|barma[gq]|qol|gun|saat|hefte|ay|deqiqe|metr|kilometr|defe|il)\w{0,6}(?!\w)"
HAMLET = r"kend"
STEM = 3
EVERYONE = r"(?:her|hamisi)(?!\w)|(?:ikisi|ucu|dordu|besi|altisi) d[ae](?!\w)"
RANK = r"(?:^|\W)(?:bas |kicik )?(?:polkovnik|leytenant|polkovnik-leytenant|kapitan|mayor|serjant|gizir|cavus|esger|matros)\w{0,3}$"
LATER = r"(?:xestexana|hospital|klinika|reanimasiya|tibb merkez)\w*d[ae] (?:\w+ ){0,2}?(?:mualice|yat|olan|saxla|emeliyyat)\w*"
AT_ONCE = r"(?:hadise )?yerinde(?:ce)?(?!\w)|derhal|oradaca"
ANYONE = r"^(?:kisi|qadin|(?:[\w-]+ ){0,6}sakin|vetendas|mulki sexs|yeniyetme|usaq|sexs|herbci|esger|herbi qulluqcu|zabit|genc|yarali)\w{0,4}$"
SERVING = r"^(?:\w+ )?(?:surucu|mexanik|radist|nisanci)\w*$"
KIN = (
    r"(?<!usaq )(?<!ovlad )(?:qardas|baci|ogl|qiz|yoldas|ata|ana|emi|dayi|xala|bibi|qonsu|dost|neve|gelin|arvad|hemkar|komekci|baba|nene|"
    r"sernisin|surucu)(?:i|u|si|su)(?:n\w{0,3})?$"
)
AT_PLACE = (r"", r"(?:da|de|daki|deki|dan|den|nin|nun|in|un)$")
PLACE_AFTER = r"(?:\w{0,4})? (?:yaxinlig|etraf|istiqamet|erazi|deki|kend|qesebe)"
PARTS_BEFORE = r"[^.;,]{0,40}? olmaqla(?!\w)"
PARTITIVE_GAP = r" (?:(?:ise|da|de|yalniz|ancaq) )?"
PARTITIVE_NOUN = r"(?:dan|den)$"
NUMBER_ENDING = r"(?:-?(?:si|su|i|u|nin|nun|ini|unu|sinin|sunun|cu|ci|ne|ni|nu|u|i|dan|den|u ise|un|in|e|a|ye|ya|sini))?"
MONTHS = (
    r"yanvar",
    r"fevral",
    r"mart",
    r"aprel",
    r"may",
    r"iyun",
    r"iyul",
    r"avqust",
    r"sentyabr",
    r"oktyabr",
    r"noyabr",
    r"dekabr",
)
WEEKDAYS = (
    r"bazar ertesi",
    r"cersenbe axsami",
    r"cersenbe(?! axsami)",
    r"cume axsami",
    r"cume(?! axsami)",
    r"senbe",
    r"bazar(?! ertesi)",
)
DATES = (
    (
        "night_to",
        r"(?P<m>{month})(?:[iu]n)? (?P<d>\d{1,2})[-']?(?:n?[ae]|s[iu]na|sine) kecen gece\w*",
    ),
    (
        "night_between",
        r"(?P<m>{month})(?:[iu]n)? (?P<d>\d{1,2})[-']?\w{0,4} (?:gununden )?"
        r"(?P<d2>\d{1,2})[-']?\w{0,4}(?: kecen gece| gecesi)",
    ),
    (
        "night_between",
        r"(?P<d>\d{1,2})[-']?\w{0,4} (?P<m1>{month})\w{0,4} (?P<d2>\d{1,2})[-']?\w{0,4}"
        r" (?P<m>{month})\w{0,4} kecen gece",
    ),
    (
        "days",
        r"(?:(?P<y>\d{4})-?c?[iu]? il(?:in)? )?(?P<m1>{month})(?:[iu]n)? (?P<d>\d{1,2})[-']?(?:dan|den|"
        r"ndan|nden|den|i|u|si|su|da|de)?,? (?:- |ve )?(?P<m>{month})(?:[iu]n)? (?P<d2>\d{1,2})[-']?(?:dek|"
        r"nedek|ne qeder|e qeder|a qeder|ne|da|de|dek)?",
    ),
    (
        "days",
        r"(?:(?P<y>\d{4})-?c?[iu]? il(?:in)? )?(?P<m>{month})(?:[iu]n)? (?P<d>\d{1,2})(?:-?(?:dan|den|"
        r"ndan|i|u|si|su|da|de)?)(?: ?- ?| ve (?:ya )?| ya (?:da )?| yaxud |,? )(?P<d2>\d{1,2})[-']?(?:i|u|si|su|da|de|nda|nde|dek|"
        r"nedek|sinda|sunde|unda|inde|una|ne|ine qeder|sine|sinedek)(?!\w)",
    ),
    (
        "days",
        r"(?:(?P<y>\d{4})-?c?[iu]? il(?:in)? )?(?P<m>{month})(?:[iu]n)? (?P<d>\d{1,2})-?\w{0,2} (?:ile|ve) "
        r"(?P<d2>\d{1,2})-?\w{0,2} aras\w+",
    ),
    (
        "days",
        r"(?P<d>\d{1,2}) ?(?:-|ve) ?(?P<d2>\d{1,2}) (?P<m>{month})(?:da|in)?(?: (?P<y>\d{4}))?",
    ),
    (
        "day_rel",
        r"(?:(?P<this>bu|cari)|oten|kecen) il(?:in)? (?P<m>{month})(?: ay)?(?:[iu]n|inin)? (?P<d>\d{1,2})[-']?\w{0,5}(?!\w)(?!-c[iu] il)",
    ),
    (
        "day",
        r"(?:(?P<y>\d{4})-?(?:c[iu])? il(?:in)?,? )?(?P<m>{month})(?: ay)?(?:[iu]n|inin)? "
        r"(?P<d>\d{1,2})[-']?(?:da|de|u|i|si|su|ne|nde|nda|inda|unda|sinda|sunda|undan|den|dan|sinde|"
        r"cu|ci|u|i|nden|ine|una|inde|sunde|nin|un|in)?(?!\w)(?!-c[iu] il)",
    ),
    (
        "day",
        r"(?:(?P<y>\d{4})-?(?:c[iu])? il(?:in)?,? )?(?P<d>\d{1,2})(?:[- ]c?[iu])? (?P<m>{month})"
        r"(?:da|in|dan)?(?!\w)(?:,? (?P<y2>\d{4}))?",
    ),
    (
        "day_word",
        rf"(?P<m>{{month}})(?:[iu]n)? (?P<dw>{'|'.join(sorted(ORDINALS, key=len, reverse=True))})(?!\w)",
    ),
    (
        "month_part",
        r"(?:(?P<y>\d{4})-?(?:c[iu])? il(?:in)?,? )?(?P<m>{month})(?: ay)?(?:[iu]n|inin) "
        r"(?:(?P<early>evvel|birinci ongunlu)|(?P<mid>orta)|son|axir)\w*",
    ),
    (
        "rel_part",
        r"(?:(?P<this>bu)|oten|kecen) ay(?:in)? (?:(?P<early>evvel)|(?P<mid>orta)|son|axir)\w*",
    ),
    (
        "month",
        r"(?P<y>\d{4})-?(?:c[iu])? il(?:in)?,? (?P<m>{month})(?: ay)?(?:[iu]n|d[ae]|[iu]nd[ae]|[iu]ndan|dan|den)?(?!\w)",
    ),
    (
        "month_rel",
        r"(?:(?P<this>bu)|oten|kecen) il(?:in)? (?P<m>{month})(?: ay)?(?:[iu]n)?(?:da|de|[iu]nda|dan|den|ndan)?(?!\w)",
    ),
    ("month", r"(?P<m>{month})(?: ay)?(?:da|de|[iu]nd[ae]|dan|den|[iu]ndan)(?!\w)"),
    (
        "anchor:0",
        r"(?:hemin|ele hemin|ele hemin|eyni) gun(?:u|de)?|(?:hemin|eyni) gunun \w+",
    ),
    (
        "anchor:-1",
        r"bir gun (?:evvel|once|qabaq)(?=.{0,4})|bundan bir gun evvel|ondan bir gun evvel",
    ),
    ("anchor_ago", r"(?:bundan|ondan) (?P<n>{number}) gun (?:evvel|once|qabaq)"),
    ("anchor_ago", r"(?:partlayis|hadise|yaralan)\w*(?:dan|den) (?P<n>{number}) gun sonra"),
    ("anchor:1", r"(?:(?<!bazar )ertesi|novbeti|sabahi) gun(?:u)?"),
    ("offset:-2", r"sragagun|siragagun|evvelki gun"),
    ("offset:-1", r"dunen(?! gece)\w*|oten gun"),
    (
        "offset:0",
        r"bu gun(?! ?e qeder)(?!edek)(?!e kimi)(?!\w)|bugun(?!e qeder)(?!edek)(?!\w)|bu (?:seher|axsam)|gunun (?:ilk|birinci) yarisi\w*",
    ),
    (
        "span:-1:0",
        r"(?:oten |kecen |dunen )?gece(?: saatlarinda| saatlari|yarisi|leyin)?(?!\w)|bu gece",
    ),
    ("ago_days", r"(?P<n>{number}) gun (?:evvel|once|qabaq)"),
    ("ago_weeks", r"(?P<n>{number}) hefte (?:evvel|once|qabaq)"),
    ("ago_months", r"(?P<n>{number}) ay (?:evvel|once|qabaq)"),
    ("ago_years", r"(?P<n>{number}) il (?:evvel|once|qabaq)"),
    ("month_day", r"(?<!bu )ayin (?P<d>\d{1,2})[-']?\w{0,4}"),
    ("anchor_day", r"(?P<d>\d{1,2})-?(?:da|de)(?= ise)"),
    ("day_only", r"bu ayin (?P<d>\d{1,2})[-']?\w{0,4}"),
    ("weekend", r"(?:oten |bu )?hefte ?sonu\w*|istirahet gunler\w*"),
    ("week:-1", r"(?:oten|kecen) hefte(?! erzinde)(?!nin (?:\w+ )?(?:{weekday}))"),
    (
        "week:0",
        r"bu hefte(?! erzinde)(?!nin (?:\w+ )?(?:{weekday}))",
    ),
    ("week_start", r"(?:bu )?heftenin (?:evvel|baslangic)\w*"),
    ("anchor_month", r"(?:hemin|ele hemin|eyni) ay(?:da|in \w+)?(?!\w)"),
    ("month_ago:-1", r"(?:oten|kecen) ay(?!\w)"),
    ("month_ago:0", r"bu ay(?!\w)"),
    ("year_ago:-1", r"(?:oten|kecen) il(?!in|den|ler)(?!\w)"),
    ("recent", r"bu gunlerde|son gunlerde|bir nece gun evvel|bu yaxinlarda"),
    (
        "weekday",
        r"(?:(?P<last>oten|kecen) (?:heftenin )?)?(?P<w>{weekday})(?: gunu| gununde)?(?!\w)",
    ),
    (
        "year",
        r"(?P<y>(?:19|20)\d\d)[- ]?(?:c[iu]|ci|cu)? il(?:de|in|den|der|in \w+)?(?!\w)(?! tevellud)",
    ),
)
ORG = (
    ("agency", r"(?<!dovlet )(?<!informasiya )(?<!xeber )agentliyin(?:in)?"),
    (
        "deminer",
        r"anama(?:-?nin)?|minatemizleme agentliyi\w*|"
        r"minatemizleme(?:y[ea]|d[ea])? (?:(?:celb|mesgul|istirak|isleri|uzre|humanitar|aparan|edilmis|olunmus|olan|eden|yerli|ozel) ){0,4}(?:sirket|teskilat|qrup|qht|fond|podratci)\w*|milli agentliyin\w*",
    ),
    (
        "emergency_worker",
        r"fovqelade hallar\w*(?: nazirliyi\w*| xidmeti\w*)?|fhn(?:-?in)?|"
        r"xilasetme xidmeti\w*|tecili (?:tibbi )?yardim\w*",
    ),
    (
        "police",
        r"daxili isler (?:nazirliyi|organ|orqan)\w*|din(?:-?in)?|polis\w*|daxili qosunlar\w*",
    ),
    (
        "military",
        r"(?:dovlet )?serhed xidmeti\w*|dsx(?:-?nin)?|mudafie nazirliyi\w*|"
        r"azerbaycan ordusu\w*|ordu\w*|silahli quvveler\w*",
    ),
    ("peacekeeper", r"sulhmeramli (?:quvve|kontingent)\w*"),
    (
        "aid_worker",
        r"qirmizi xac\w*|qirmizi aypara\w*|bmt(?:-?nin)?|humanitar teskilat\w*",
    ),
    (
        "journalist",
        r"(?:informasiya|xeber) agentliy\w*|televiziya\w*|kanal\w*|qezet\w*|aztv\w*|azertac(?:-?[iu]n)?|media",
    ),
)
QUALIFIER = (
    ("over", r"(?:\d{1,9}\W?\w{0,12} )?(?:-?(?:den|dan)) (?:cox|artiq)|coxdur"),
    ("least", r"azi|en azi|en az|minimum"),
    ("almost", r"az qala|demek olar ki"),
    ("most", r"en coxu|maksimum"),
    ("about", r"texminen|teqriben|yaxin(?= \d)|qeder(?= nefer)"),
)
_IS = (
    r"(?: sexs(?:in)?)?(?: ise)?(?= (?:[\w().,\"-]+ ){0,10}?(?:\d{4}|[\w-]+ yas|[\w-]+ (?:oglu|qizi)|[\w.-]+(?:ov|yev|ev|ova|yeva|eva|zade|li))\w{0,4}"
    r"(?: [\w().,\"-]+){0,8}?d[iu]r(?!\w))(?! (?:[\w().,\"-]+ )*?(?:veziyyet|xestexana|hospital|reanimasiya|neferdir|sagdir|yaralan|xesaret|helak|ölen|\w+l[ae]ri?d[iu]r))"
)
"""What follows *the injured man* where it is said who he is: *is so-and-so, born in 1984*."""
INCLUDING = (
    (
        "part",
        r"o cumleden|onlardan|onlarin (?:arasinda|sirasinda)|aralarinda|bunlardan|"
        r"her ikisi|her iki sexs",
    ),
    (
        "killed",
        r"(?:ölen|helak olan|sehid olan|hemin hadisede ölen)l[ae]r(?:(?:in)? (?:arasinda|sirasinda|icerisinde)|"
        r"(?: ise)?(?= (?:[\w-]+,? ){1,12}?[\w-]+d[iu]r(?:l[ae]r)?(?!\w))|"
        r"(?:d[ae]n|in)(?= (?:biri|ikisi|ucu|dordu|besi) (?:[\w-]+ ){0,5}?[\w-]+(?:,|d[iu]r)))",
    ),
    (
        "injured",
        r"(?:yaralanan|xesaret alan|zerer ceken|yarali)(?:l[ae]r(?:in)?| \w+ nefer(?:in)?) (?:arasinda|sirasinda|icerisinde)|"
        r"(?:(?:yaralanan|xesaret alan|zerer ceken|yarali)l[ae]r|(?:yaralanan|xesaret alan|zerer ceken) (?:sexs|nefer))"
        r"(?: ise)?(?= (?:[\w-]+,? ){1,12}?[\w-]+d[iu]r(?:l[ae]r)?(?!\w))(?! (?:[\w-]+ )*?(?:veziyyet|xestexana|hospital|neferdir))",
    ),
    ("killed", r"(?:ölen|ölmus|helak olan|sehid olan|vefat eden|heyatini itiren)" + _IS),
    (
        "injured",
        r"(?:yaralanan|yaralanmis|xesaret alan|zerer ceken|zerercekmis|zererceken|yarali|minaya dusen)"
        + _IS,
    ),
)
MORE = (
    (
        "strong",
        r"(?:onun|onlarin) (?:arxasinca|ardinca|yaninda|yanindan) (?:gelen|olan|kecen|dayanan|geden|yeriyen)|onlarla birge|onunla (?:birge|birlikde|bir yerde)|bundan basqa|hemcinin|habele",
    ),
    (
        "more",
        r"(?<=[iun] )d[ae](?= (?!olub|idi|var|ola))|daha(?! sonra| da)|diger\w*|o biri\w*|elave|hemcinin|habele|ikinci|birlikde",
    ),
)
BACKGROUND = (
    ("left", r"partlamamis|pasli|muharibeden qal\w+"),
    (
        "later",
        r"(?:(?:bir|iki|uc|dord|bes|alti|bir nece|yarim|\d+) )?(?:saat|deqiqe)(?:dan|den)? sonra",
    ),
    ("sum", r"belelikle|umumilikde"),
    (
        "separate",
        r"(?:diger|basqa) (?:\w+ )?mina(?:ya|sina)|(?:diger|basqa|oxsar|ayri|ikinci|daha bir) (?:\w+ )?(?:hadise|mina hadise|partlayis|"
        r"insident)\w*|eyni zamanda|bundan basqa",
    ),
    (
        "riders",
        r"(?:icinde|icerisinde|masinda|avtomobilde|avtobusda|salonda|traktorda|onda) (?:\w+ ){1,8}?(?:olub|idi|var idi|olublar|gedib)(?=[,.;]|$)",
    ),
    (
        "help",
        r"(?:onu|onlari|yoldas\w*|hemkar\w*) (?:\w+ )?(?:cixar|xilas et|gotur|dasi|evakuasiya)\w* (?:\w+ )?(?:ged|gel|iste|cehd|calis|qac|cum)\w*|(?:komeye|komekliye|yardima|(?:hadise|partlayis) yerine) (?:\w+ )?(?:gel|ged|get|qac|cat|yetis|tele|yollan|yonel)\w*|(?:ona|onlara|yarali\w*) (?:komek|yardim)\w*|(?:nesi|meyit|cenaze|yarali)\w* (?:\w+ )?(?:gotur|cixar|apar|dasi)\w*",
    ),
    (
        "back",
        r"(?:hemin|eyni|ele hemin|bu) (?:rayon|kend|erazi|yer|yol|sahe|qesebe|istiqamet)\w*(?:d[ae])|"
        r"(?:hemin|eyni|ele hemin) (?:rayon|kend|qesebe)(?:un|in)(?= (?:\w+ )?sakin)",
    ),
    ("next", r"(?:ikinci) (?:\w+ )?(?:mina|partlayis|mermi|qurgu)\w*"),
    (
        "shortly",
        r"(?:bundan |daha )?(?:evvel|once) (?:hemin|eyni|ele hemin) (?:erazi|yer|sahe)\w*|"
        r"bir qeder (?:evvel|once)|az (?:evvel|once)|bir nece saat (?:evvel|once)|bundan bir qeder evvel",
    ),
    (
        "recall",
        r"bundan \w+(?: \w+)? gun (?:evvel|once|qabaq)|xatirladaq\w*|xatirladir\w*|qeyd edek(?: ki)?|bundan (?:bir qeder )?(?:evvel|once)|daha evvel|"
        r"daha once|evvelce|evveller(?! isgal)|bir qeder evvel|once|once",
    ),
    ("first", r"ilk once|(?:birinci|ilk) (?:hadise|hal|partlayis)\w*"),
    (
        "then",
        r"daha sonra|sonra(?= (?:ise |da |hemin |basqa |diger |eyni )?\w+)(?<!dan sonra)(?<!den sonra)",
    ),
)
PERIOD = (
    (
        "during",
        r"(?:yanvar|fevral|mart|aprel|may|iyun|iyul|avqust|sentyabr|oktyabr|noyabr|dekabr)(?:-| ve )(?:yanvar|fevral|mart|aprel|may|iyun|iyul|avqust|sentyabr|oktyabr|noyabr|dekabr) ay\w*|"
        r"(?:yay|qis|yaz|payiz) (?:ay|fesl)\w*|ilin (?:birinci|ikinci|ilk|son) (?:yarisi|rubu|kvartali|\w+ ayi)\w*|(?:birinci|ikinci) (?:yarimil|rub|kvartal)\w*",
    ),
    ("rate", r"orta hesabla|her \w+ (?:gun|saat|hefte|ay)(?:den|dan) bir"),
    ("count", r"sayi\w*"),
    (
        "since",
        r"(?:beyanat|razilasma|muharibe|sazis|muqavile|ateskes)\w*(?:dan|den)(?= (?:\w+ ){0,3}?\w+(?:dek|dak|qeder)(?!\w))|"
        r"(?:beyanat|razilasma|muharibe|noyabr|sazis|muqavile|ateskes)\w*(?: \d+-?)?(?:dan|den)(?: \w+)? sonra|(?:\w+(?:dan|den|ndan|nden)|sonra|beri) (?:indiye|indiye|bu gune|bu vaxta|bugune|hazirki gune) "
        r"?(?:qeder|kimi|dek)?|indiyedek|indiye qeder|indiye kimi|bu gunedek|bu gune(?: kimi| qeder|dek)|"
        r"bu gunadek|bu gune qeder|bugunedek|bugune qeder|bugune kimi|"
        r"bu vaxta qeder|bu vaxtadek|beri|bitenden|(?:bitdikden|basa catdiqdan|dayandirildiqdan|bitenden|"
        r"basa catandan) (?:sonra|beri|sonraki)|muharibeden sonra\w*|muharibe bitenden|"
        r"post-?muharibe\w*|atesin dayandirilmasindan|hazirda qeder|bu tarixe qeder",
    ),
    ("during", r"(?:evvelki|oten|kecen|son) illerde"),
    # *In the last year 19 were killed*: a year alone, not the one of a day or a month.
    (
        "during",
        r"(?:oten|kecen|bu) il(?:de)?(?! (?:yanvar|fevral|mart|aprel|may|iyun|iyul|avqust|sentyabr|oktyabr|noyabr|dekabr|yay|qis|yaz|payiz)\w*)(?= )|(?:19|20)\d\d-?c[iu] il(?=:)",
    ),
    ("during", r"(?:son|oten|kecen) (?:\w+ ){1,2}?(?:il|ay|hefte)(?:de|da|lerde|erzinde)"),
    (
        "during",
        r"(?:son|oten|kecen|kecdiyimiz|ilk|tekce|hemin) (?:\w+ ){0,2}?(?:il|ay|hefte|gun|sutka|"
        r"dovr|muddet|illik|onillik)\w*(?: erzinde| muddetinde| icinde| de| da)|"
        r"(?:\w+ )?(?:gun|il|ay|hefte|sutka|dovr|muddet)\w* erzinde|(?:otuz|on|iyirmi|uc|bes|\d+) (?:il|ay)de|"
        r"(?:\d{4})-?(?:c[iu])? (?:il|iller)(?:de|erzinde|in yanvar-\w+)|hemin muddetde|"
        r"her il|her ay|illik|heftelik|ayliq|ilin evvelinden|"
        r"yanvar-\w+ ayinda|bu il(?: erzinde)?(?=.{0,40}(?:umumi|cemi|sayi|dusenler|yaralananlar|helak olanlar|ölenler|xesaret alanlar))",
    ),
    (
        "total",
        r"(?:iki|uc|dord|bes|bir nece|\d+) (?:ayri |muxtelif |ferqli )?(?:mina )?"
        r"(?:hadise|insident|partlayis)(?:de|da|lerde|nin neticesinde|sinden|lerinden|sinin|lerin|lerden|den)(?!\w)|umumilikde(?! (?:hemin|bu|eyni) (?:hadise|partlayis|mina))|umumi say\w*|toplam|cemi(?!yyet)|umumiyyetle|"
        r"statistika\w*|(?:ilin|ayin|rubun) yekun\w*|qurbanlarinin sayi|dunyada|cemi",
    ),
)
SUPERLATIVE = (("first", r"(?:ilk|son|ikinci|ucuncu|sayca \w+) (?:mina )?(?:hadise|defe)\w*"),)
OTHER_CAUSE = (
    (
        "illness",
        r"xestelik(?:den|dan|le)?(?!\w)|xesteliy\w*|infarkt\w*|urek tutma\w*|insult\w*|koronavirus\w*|bogul\w+",
    ),
    (
        "attack",
        r"(?:qumbara|bomba)\w* at(?:il|ib|di|an|mis)\w*|atil(?:an|mis|di) (?:\w+ )?(?:mermi|raket|qumbara)\w*|mermi\w* at(?:il|ib)\w*",
    ),
    (
        "fire",
        r"doyusler(?:de|in|e)?(?!\w)|minaatan\w* (?:ates|zerbe)\w*|(?:minaatan|top|artilleriya)(?:dan|lardan) \w+|ates(?:e|ine)? (?:tut\w*|ac\w*|meruz\w*)|atese tut\w*|pilotsuz\w*|dron\w*|pua\w*|raket\w*|"
        r"aviazerbe\w*|bombalan\w*|bombardman\w*|gulle\w*|atisma\w*|snayper\w*|toqqusma\w*|artilleriya atesi\w*|"
        r"(?<!partlamamis )mermi\w* (?:(?!mina|el\w*d[ae]n|ocag)\w+ ){0,4}?dus(?:mes|ub|du|mus|erek)\w*|"
        r"hava hucum\w*|silahli hucum\w*|pusqu\w*|zerbe\w* (?:endir|neticesinde)\w*|guleleyib",
    ),
    (
        "attack",
        r"(?:mubahise|dalasma|dava(?!m))\w*(?= )|ozunu (?:partlad|öldur)\w*|hucum ed[ae]n\w*|"
        r"terror akt\w*|kamikadze\w*|intihar\w*|yolkenari bomba\w*|ozunu partlad\w*|"
        r"(?:eldeqayirma|ozduzeltme) (?:partlayici|bomba|qurgu)\w*(?! (?:uzerin|ustun|dus|toxun|tapda|bas(?:an|ib))\w*)|partlayici\w* (?:doldurulmus|yuklenmis)\w*|"
        r"bomba at\w*|minalanmis avtomobil\w*|sui-qesd\w*",
    ),
    (
        "accident",
        r"qaz(?: partlayis\w*|in\b|dan|la|)?|qazdoldurma\w*|yanacaqdoldurma\w*|"
        r"qizil (?:yatagi|meden)\w*|ucqun\w*|qeza\w*|toqqus\w*|yol-neqliyyat\w*|ytq|"
        r"qazan\w*|fisenq\w*|pirotexniki \w+|zelzele\w*|yangin\w{0,3} (?:bas|neticesinde|zamani|oldu|olub|torendi\w*|qeyde|hadise\w*)\w*|benzin\w*|balon\w*|anbar\w*|zavod\w*|"
        r"transformator\w*|bogul\w*|ildirim\w*|asib|neft\w*|karxana\w*",
    ),
    ("mining", r"metan\w*|komur\w*|meden(?!iyyet)\w*|saxta(?! \w*(?:dovr|is))\w*"),
    ("sea", r"(?:gemi|yuk gemisi|tanker|qayiq)\w* (?:\w+ ){0,3}?(?:mina|dus)\w*"),
    ("sea", r"deniz mina\w*|deniz minasi\w*"),
    ("figure", r"komur mina\w*|mine\b"),
)
FICTION = (
    (
        "held",
        r"ssenari\w*|(?:telim|mesq)\w* (?:sert|plan|ssenari)\w*|serti (?:yarali|ölu|ölen)\w*|gorus(?:ub|du|ler|uldu)\w*|xatire(?:sine|si|sinin) (?:[\w-]+ ){0,3}?(?:abide|lovhe|bulaq|park|tedbir|merasim)\w*|"
        r"serti (?:olaraq|sekilde)|kecirilen (?:\w+ )?telim\w*|\"yarali\w*\"|xeyriyye\w*|aile(?:si|leri)?(?:ne|nin)? [^.;]{0,60}?(?:menzil|ev|avtomobil|acar)\w* (?:\w+ )?(?:ver|teqdim|ayril|al)\w+|kurs(?:u|lari|lar)?(?= kec)|oyredil\w*|tedbir\w* (?:kecir|teskil)\w*|mesq (?:ed|olun)\w*|telim\w* (?:kecir|olub|basla)\w*",
    ),
    (
        "past",
        r"qanun layihe\w*|layihe\w*ye gore|qanunvericilik\w*|haqqinda (?:\w+ )?qanun\w*|nazirler kabineti\w*|ayliq (?:odenis|muavinet|teqaud)\w*|"
        r"birdefelik (?:odenis|muavinet|yardim)\w*|(?:ikinci|ucuncu|birinci) oxunus\w*|quvveye min\w+|mehkeme(?!-tibb)\w*|hokm (?:oxu|cixar)\w*|mehkum\w*|muttehim\w*|azadliqdan mehrum\w*|kompensasiya\w*|iddia erizesi|(?:evle|menzille) temin\w*|"
        r"(?:merasim|tedbir)\w* (?:[\w-]+ ){0,8}?(?:qazi|veteran)\w*|qaziler\w* (?:\w+ )?(?:cixis|gorus|istirak|danis)\w*",
    ),
    (
        "story",
        r"kecmis (?:\w+ )?(?:coban|surucu|fermer|traktorcu|fehle|muellim|usta|insaatci)\w*|"
        r"(?:yasadig|itirdiy|dusduy|xilas oldug)\w+ (?:\w+ )?danis\w+|(?<!ilk )(?<!tibbi )yardim (?:edib|paylan|ayril)\w*|(?:maddi|humanitar) yardim\w*|muavinet\w*|teqaud(?!cu)\w*|aksiya\w*|etiraz\w*|sekil(?!de(?!\w))\w*|sorgu\w*|yaddas kitabca\w*|hekaye\w*|marafon\w*|yarimmarafon\w*|"
        r"albom\w*|uz qabig\w*|sinaq(?:da|larda|lari|lar)(?!\w)|abide(?:nin|si|ler)\w*|medal\w*|ildonumu\w*|protez\w*",
    ),
    (
        "story",
        r"oyun(?:u|da|lar)?(?= kecir| kec)|turnir\w*|konsert\w*|komandalar\w*|film(?:i|de|in|ler)?|tamasa(?! ed)\w*|sergi\w*|festival\w*|roman(?:i|da|in)?|portret\w*|muzey\w*|serial\w*",
    ),
    (
        "drill",
        r"telim(?:i|ler|leri|inde|lerinde)?(?! kec\w* olan)|serti(?: olaraq)?|tedris\w*|meshq\w*|mesq\w*|ssenari\w*|"
        r"maket\w*|film\w*|roman\w*|imitasiya\w*",
    ),
    ("accused", r"hokm\w*|ittiham\w*|teqsirlendiril\w*|hebs\w*"),
    (
        "show",
        r"anil(?:ib|di)\w*|gul deste\w*|konfrans\w*|seminar\w*|vebinar\w*|"
        r"merasim\w*|veteran\w*|kitab\w*|forum\w*|mukafat\w*|"
        r"anim tedbiri|beynelxalq gun",
    ),
)
DENIED = (
    (
        "cause",
        r"(?<!basqa )(?<!diger )(?<!yeni )mina (?:partlayis|partlama|hadise|insident)\w*(?: ise| de)? (?:olma|bas verme|qeyde alinma)(?:yib|di|mis)\w*|"
        r"hec bir mina (?:partlayis|partlama|hadise|insident)\w* (?:\w+ )?(?:olma|bas verme|qeyde alinma)(?:yib|di|mis)\w*|"
        r"mina deyil(?:di|mis|dir)(?!\w)|qaz(?:in|inin|larin)? (?:balon\w* )?siz(?:dig|ib|mis)\w*|"
        r"qaz (?:\w+ )?sizma\w*(?! (?:\w+ )?(?:ehtimal|versiya|guman|subhe))|"
        r"partlayis\w* (?:[\w-]+ ){0,3}?(?:qaz(?:dan| balon| qazan| plit)|balon|benzin|pirotexnik|fisenq)\w* (?:[\w-]+ ){0,2}?(?:bas ver|yaran|olu|bagli|elaqe)\w*|"
        r"(?:qaz )?balon\w* partla(?:yib|di|mis|yan)\w*",
    ),
    (
        "before",
        r"(?:melumat|xeber|iddia|sayie|paylasim)(?:i|ini|lari|larini|ni|sini|ler|leri|lerini)? (?:\w+ )?(?:tekzib|redd ed|yalanla)\w*",
    ),
    ("correction", r"^duzelis\w*|uzr ist\w+|xeber duzeldil\w+"),
    (
        "withdrawn",
        r"saytimiz\w*|yaydigimiz(?! kimi)\w*|xeberimiz\w*|qezetimiz\w*|agentliyimiz\w*|yazmisdi(?:q|k)?(?!\w)|bildirmisdik|yazilmisdi\w*|melumat vermisdik",
    ),
    (
        "whole",
        r"\" (?:\w+ ){0,2}?(?:melumat|xeber|paylasim|iddia|sayie|video)\w* (?:\w+ ){0,2}?(?:tekzib|yalan|esassiz|uydurma|feyk|redd)\w*",
    ),
    (
        "whole",
        r"(?:baresinde|barede|haqqinda|bagli) (?:\w+ ){0,2}?(?:xeber|melumat|iddia)\w* (?:\w+ )?(?:heqiqete uygun olma|heqiqete uygun deyil|"
        r"heqiqeti eks|esassiz|yalan|tekzib)\w*",
    ),
    (
        "before",
        r"(?:bagli|barede|haqqinda|baresinde|dair|olmasi|dusmesi|dusdukleri|dusduyu|dusduyunu|partlamasi|olmasini) (?:[\w\"'-]+ ){0,6}?(?:tekzib\w*|tesdiqlenme(?:yib|di)\w*|yalan\w*|esassiz\w*|inkar\w*|redd ed\w*|"
        r"heqiqete uygun deyil|heqiqete uygun olma\w*|dogru (?:deyil|olma)\w*|heqiqeti eks etdirmir|feyk\w*|uydurma\w*|dezinformasiya\w*)",
    ),
    (
        "corrected",
        r"(?:daha evvel|daha once|evvel|evvelce|once|ilkin olaraq)(?= .{0,80}(?:melumat yay|xeber ver|bildiril|"
        r"yazil|melumat ver|deyil))",
    ),
    (
        "denied",
        r"tekzib\w*|inkar\w*|yalan\w*|heqiqete uygun\w*|feyk|dezinformasiya\w*|esassiz\w*|"
        r"heqiqeti eks etdirm\w+",
    ),
    (
        "unconfirmed",
        r"tesdiqlenmemis|tesdiqini tapma\w+|sayie\w*|sosial sebeke\w*|guya|"
        r"resmi tesdiq\w* yox\w*|ehtimal olunur|iddia\w*",
    ),
    (
        "corrected",
        r"(?:evvel|daha evvel|once|daha once|evvelce)(?:ki)? (?:\w+ )?(?:melumat|xeber|bildiril|"
        r"yayil)\w*",
    ),
    ("early", r"ilkin melumat\w*"),
    (
        "whole",
        r"mina\w* (?:partlayisi )?(?:ile )?(?:bagli|elaqeli|elaqedar) (?:deyil|olma)\w*|mina (?:partlayisi |hadisesi )?deyil(?=,| )|mina yox, (?:\w+ )?(?:qaz|balon|fisenq|teker)\w*",
    ),
    (
        "that",
        r"bu (?:cur )?(?:melumat|xeber|iddia|sayie|paylasim)\w* (?:[\w-]+ ){0,3}?(?:tekzib|yalan|esassiz|heqiqete uygun deyil|heqiqeti eks etdirmir|redd|feyk|uydurma)\w*",
    ),
    (
        "no_such",
        r"fakt ?(?:yoxlama|cek)\w*|partlayis(?:in)? (?:iz|elamet)\w* (?:\w+ )?(?:askarlama|askar edilme|tapilma|yoxdur|olmay)\w*|bele (?:bir )?(?:hadise|sey|partlayis)\w* (?:\w+ ){0,2}?(?:olma|bas verme|qeyde alinma)(?:yib|di|dig|mis)\w*|(?:bele|hec bir) (?:\w+ )?(?:partlayis|hadise|hal)\w* (?:\w+ )?(?:olma|bas verme|qeyde alinma)(?:yib|di|dig|mis)\w*|partlayis\w* (?:qeyde alinma|bas verme)(?:yib|di|dig|mis)\w*|mina (?:ile|partlayisi ile) (?:hec bir )?(?:elaqesi|bagliligi) (?:olmadig|yox)\w*|partlayis (?:olmayib|bas vermeyib)",
    ),
    (
        "corrected",
        r"ilkin melumat\w*(?= .{0,80}(?:deyilirdi|bildirilirdi|verilirdi))|(?:evvelce|ilkin olaraq|onceden)(?= .{0,80}(?:deyilirdi|bildirilirdi|verilirdi))",
    ),
    (
        "firm",
        r"eslinde|realliqda|faktiki olaraq|sonradan (?:\w+ ){0,6}?(?:deqiqles|bildir|melum|acıqla)\w+|deqiqles\w+|yenilenmis melumat\w*|son melumat\w*|indi ise|melum ol(?:ub|du)\w*|sonradan",
    ),
)
AND = (("and", r"ve|ile|habele|hemcinin"),)
_ORDNANCE = r"(?:partlayici (?:qurgu|madde)|partlayan madde|sursat|mermi|mina)\w*"
NOT_BLAST = (
    ("hit", r"mina\w* (?:\w+ ){0,3}?(?:metrliyinde|qarsisinda|onunde) (?:\w+ )?dayan\w*"),
    (
        "absent",
        _ORDNANCE + r" (?:\w+ ){0,2}?(?:askar(?:lanma|olunma| edilme| olunma)|tapilma)\w*",
    ),
    (
        "planned",
        r"(?:nezaretli|idare olunan|planli|planlasdirilmis)(?: sekilde)? (?:partlayis|partlad|mehv|zerersiz)\w*|"
        + _ORDNANCE
        + r" (?:\w+ ){0,3}?(?:mehv edilm|utiliz|partladilma|zerersizlesdirilme)\w*",
    ),
    (
        "hit",
        r"(?:minaya dusen|mina qurbani)(?: (?:sexs|kes|olan|insan)\w*)?(?: (?:ve|ve ya|ya da|yaxud) (?:\w+ ){0,2}?\w+(?: (?:sexs|kes)\w*)?)? (?:yoxdur|olmayib|olmadi\w*|yox idi)(?!\w)",
    ),
    (
        "none",
        r"partlayis(?:in|lar|larin)? ses\w*|partlatma (?:is|ustun)\w*|partladil(?:maq|araq)\w*(?: (?:\w+ )?(?:mehv|zererses)\w*)?|"
        r"(?:qaya|dag|suxur|bina|korpu|divar|tikili)\w* (?:\w+ )?partlad\w+",
    ),
    (
        "hit",
        r"(?:mina(?:ya|sina)|mina partlayisina) (?:\w+ )?dusme(?:yib|di|mis)\w*|minaya dusmesi (?:yalan|bas verme)\w*|"
        r"mina(?:dan|ya gore)?(?: partlay\w+| partlama\w+)? (?:\w+ )?deyil(?=,|\.| )|mina(?:nin|ya)? (?:\w+ )?(?:aidiyyeti|dexli|elaqesi) yox\w*",
    ),
    (
        "none",
        r"(?:mina|mermi|sursat|qumbara|bomba)(?:ni|lari|larini|i|yi|leri|lerini) (?:\w+ )?partlad(?:ib|iblar|di|dilar)(?!\w)|partlama(?:yib|di|mis)\w*|partlayisin qarsisi\w*|idare olunan partlayis\w*|"
        r"(?<!daha boyuk )(?<!daha agir )(?:facie|bedbextlik|felaket|qeza)\w* (?:\w+ ){0,2}?(?:qarsisi\w* alin|onlen|yayin)\w*|"
        r"partlad(?:araq|ib) (?:\w+ )?(?:mehv|zererses)\w*|partladilaraq|partladilib|yerindece partlad\w+|partlayis (?:bas vermeyib|olmayib)|"
        r"partlayis\w*(?: ses\w+)? (?:planli\w*|plan uzre|planlasdiril\w+)|(?:planli|planlasdirilmis) partlayis\w*",
    ),
)
CIVIL = (
    (
        "civil",
        r"minik (?:avtomobil|masin)\w*|\"(?:opel|mercedes|hyundai|lada|prado|toyota|moskvic\w*|jiquli|qazel|ford)[\w -]{0,12}\"|(?:sexsi|ozune mexsus) (?:avtomobil|masin)\w*|taksi\w*|"
        r"mikroavtobus\w*|traktor\w*|kombayn\w*|"
        r"(?:hamisi|her ikisi|her ucu|onlar) (?:[\w-]+ ){0,3}?(?:sirket|firma)\w* (?:\w+ )?(?:isci|emekdas)\w*d[iu]r\w*",
    ),
    ("police", r"polis(?:in)? (?:patrul |xidmeti )?(?:masin|avtomobil|mikroavtobus)\w*"),
    ("peacekeeper", r"sulhmeramli\w* (?:\w+ )?(?:avtomobil|masin|kolon)\w*"),
    ("military", r"herbi (?:yuk |xidmeti )?(?:masin|avtomobil|texnika|avtobus)\w*"),
)
HAPPENED = (
    (
        "happened",
        r"hadise\w*|bas ver\w+|olub|olmusdur|qeyde alin\w+|bas tutub|insident\w*",
    ),
)
AGENCY = (
    (
        "agency",
        r"interfaks\w*|tass(?:-?in)?|ria novosti\w*|reuters\w*|apa(?:-ya|nin|-nin)?|trend(?:-in|-e|in)?|"
        r"\"?report\"?(?:-a|un)?|azertac\w*|sputnik\w*|anadolu\w*|bbc\w*|turan\w*|oxu\.az|qafqazinfo|"
        r"bi-bi-si|el-cezire",
    ),
)
SOURCE = (
    (
        "source",
        r"(?:rusiya |azerbaycan |ukrayna )?(?:mudafie|daxili isler|xarici isler|fovqelade hallar|"
        r"sehiyye) nazirliyi\w*|(?:bas|rayon|herbi|dovlet) prokurorlu\w+|prokurorlu\w+|anama\w*|"
        r"(?:azerbaycan )?minatemizleme agentliyi\w*|dovlet serhed xidmeti\w*|bmt\w*|"
        r"qirmizi xac\w*|atet\w*|polis(?: idaresi\w*)?|din(?:-?den)?|gubernator\w*|vali\w*|"
        r"suriya insan haqlari \w+|yerli (?:resmi|hakimiyyet)\w*",
    ),
)
SPEECH = (
    (
        "other",
        r"(?:yerli|bezi) (?:media|metbuat|saytlar|nesrler|menbeler) ise|"
        r"(?:basqa|diger) (?:media|metbuat|sayt|nesr|menbe)(?:ler|lar)?(?: ise)?(?!\w)",
    ),
    (
        "said",
        r"bildir\w+|xeber ver\w+|melumat ver\w+|melumat yay\w+|deyib|deyil\w+|aciqla\w+|"
        r"qeyd ed\w+|vurgula\w+|istinaden|melumata (?:gore|esasen)|soyleyib|yazib|"
        r"melumat\w*|elan ed\w+|tesdiqle\w+",
    ),
)
ACTIVITY = (
    (
        "search_recovery",
        r"(?:meyit|itkin|helak olan|cenaze|qaliq)\w* (?:\w+ ){0,3}?axtar\w+|axtaris\w*|"
        r"meyitler\w* (?:\w+ )?(?:cixaril|goturul|yigil)\w*",
    ),
    (
        "demining",
        r"(?:minatemizleme|minalarin temizlen|zerersizlesdirme|minalardan temizlenme)\w* "
        r"(?:\w+ ){0,2}?(?:zamani|prosesi|isleri|emeliyyat|fealiyyet|aparark|eden)\w*|"
        r"minatemizleme (?:\w+ )?(?:zamani|prosesi)\w*|temizleme (?:isleri|emeliyyat)\w*|"
        r"xidmeti vezifesini icra ederken|zerersizlesdirerken|minalari axtar\w+",
    ),
    (
        "herding",
        r"(?:mal-?qara|mal|heyvan|qoyun|naxir|suru)\w*(?: \w+)? (?:otar|axtar)\w*|otarar\w*|otaran\w*|"
        r"coban(?!l[iu][gq])\w*|otlaq\w*|naxirci\w*|surusu\w*",
    ),
    (
        "farming",
        r"suml\w*|sumlay\w*|ekin\w*|kend teserrufati\w*|tarla\w*|bicin\w*|traktor\w*|kombayn\w*|"
        r"bostan\w*|sahesinde isle\w*|teserrufat\w*|sepin\w*|ot bic\w*|heyetyani sahe\w*|fermer\w*",
    ),
    (
        "gathering",
        r"(?:metal|demir(?:-\w{1,24})?|mis|odun|gobelek|ot|bitki|meyve|tullanti|qirinti|gilemeyve|qoz|bal|nar|domalan)\w* "
        r"(?:\w+ )?(?:yig|topla|axtar)\w*|metal (?:tullanti|qirinti)\w*|baliq tut\w*|ov(?:a|da|layan|lay\w*)\b|"
        r"yigmaq ucun|yigarken|toplayarken",
    ),
    (
        "playing",
        r"oyna\w+|tapdi(?:gi|qlari) (?:\w+ )?(?:esya|cisim|qumbara|mermi|predmet|sursat)\w*",
    ),
    (
        "tampering",
        r"sok(?:erken|meye|mek)\w*|kesmek\w*|evine getir\w+|eve getir\w+|qurdala\w+|acmaq ist\w+|"
        r"ehtiyatsiz\w*|oda at\w+|ocaga at\w+",
    ),
    (
        "construction",
        r"tikinti\w*|insaat\w*|ekskavator\w*|buldozer\w*|qreyder\w*|yolun (?:cekil|salin)\w*|"
        r"temir isleri\w*|temir-\w+|qazinti\w*|yol(?:un)? (?:temir|isler)\w*|asfalt\w*",
    ),
    (
        "military",
        r"patrul\w*|doyus (?:novbe|post|tapsir|movqe|movqe)\w*|muhendis (?:temin|isler|istehkam)\w*|"
        r"xidmeti vezife\w*|herbi (?:texnika|masin|avtomobil|yuk)\w*|kesfiyyat\w*|posta|postu\w*|"
        r"muhendis\w* texnika\w*",
    ),
    (
        "travel_vehicle",
        r"avtomobil\w*|masin\w*|avtobus\w*|mikroavtobus\w*|motosiklet\w*|kamaz\w*|\"?niva\"?\w*|"
        r"\"?howo\"?|\"?vaz\W?\d*\"?|hereket(?:de|le|i|ederken)\w*|texnika\w*|araba\w*",
    ),
    (
        "travel_foot",
        r"piyada(?! eleyhine)|gezinti\w*|yeriy\w+|kecerken|gederken|daxil ol\w+",
    ),
)
WORK = (
    (
        "clearance",
        r"temizlen(?!me)\w+|minatemizleme\w*",
    ),
    (
        "disposal",
        r"zerersizlesdir\w+|askar (?:ed|olun)\w*|askarlan\w+|mehv ed\w*|tapil\w+|"
        r"minatemizleme\w*|goturul\w+",
    ),
    ("training", r"telim\w*|kurs\w*|maariflendir\w*|oyred\w+|ders\w*|hazirlan\w*"),
    ("deployment", r"gonder\w+|yerlesdiril\w+|ezam\w*|celb\w*"),
    (
        "survey",
        r"mushahide|musayyen|tedqiq olun\w*|baxis kecir\w*|survey|qeyri-texniki",
    ),
    (
        "assessment",
        r"qiymetlendirme (?:missiya|qrup)\w*|ehtiyaclarin qiymetlendiril\w*",
    ),
)
WORK_STATUS = (
    (
        "planned",
        r"\w+(?:acaq|ecek)(?:ler|lar)?|planlasdiril\w*|nezerde tutul\w*|hazirdir",
    ),
    ("announced", r"elan ed\w+"),
    (
        "under_way",
        r"davam ed\w*|basla\w+|aparil(?:ir|maqda)\w*|heyata kecirilir|edilir|istirak edir",
    ),
    (
        "completed",
        r"temizlenib|temizlenmisdir|askar (?:edilib|olunub)|zerersizlesdirilib|askarlanib|"
        r"mehv edilib|basa catib|tamamlanib|tapilib|kecirilib|gonderilib|goturulub",
    ),
)
AREA = (
    ("10000", r"hektar\w*|ha"),
    ("1000000", r"kv\.? ?km|kvadrat kilometr\w*|km2"),
    ("1", r"kv\.? ?m(?:etr\w*)?|kvadrat metr\w*|m2"),
)
CREW = (
    (
        "crew",
        r"(?:[^\W\d]+ )?(?:nefer\w*|minaaxtaran\w*|mutexessis\w*|sulhmeramli\w*|herbci\w*|emekdas\w*|"
        r"konullu\w*|sapyor\w*|ekspert\w*|istehkamci\w*|sagird\w*|sakin\w*|muellim\w*)",
    ),
)
FIND = (
    ("ap_mine", r"(?:eded )?piyada ?eleyhine(?: mina\w*)?"),
    ("at_mine", r"(?:eded )?tank ?eleyhine(?: mina\w*)?"),
    ("cmr", r"(?:eded )?kaset\w* (?:bomba|sursat)\w*"),
    (
        "uxo",
        r"(?:eded )?(?:partlamamis (?:\w+ )?(?:sursat|mermi)\w*|phs\w*|sursat\w*|mermi\w*)",
    ),
    ("mine_unspecified", r"(?:eded )?mina\w{0,3}"),
)
IDENTIFIED = (
    (
        "people",
        r"(?:onlar|o,|her ikisi|her ucu|hadise qurbanlari|xesaret alanlar|yaralananlar|helak olanlar|ölenler|"
        r"zerercekenler|sexsler)(?:in)?(?= (?:[\w-]+ ){0,8}?\w+dir(?!\w)| (?:[\w-]+ ){0,5}?sakin\w*)",
    ),
)
AFFILIATION = (
    ("Azerbaijan", r"azerbaycan\w*"),
    ("Russia", r"rusiya\w*"),
    ("Armenia", r"ermeni\w*"),
    ("Ukraine", r"ukrayna\w*"),
    ("Türkiye", r"turkiye\w*"),
    ("Georgia", r"gurcustan\w*"),
    ("Syria", r"suriya\w*"),
)
DEPENDENT = r"[^,.;:\"]*\w(?:mis|mus|[ae]n)(?= [a-z])"
DAYPART = (
    ("night", r"gece\w*|gecesi|geceyarisi"),
    (
        "morning",
        r"seher(?! (?:\w+ )?(?:xestexana|rayon|sakin|prokuror|polis))(?:e yaxin|in \w+|leyin| saat\w*| tezden)?|subh\w*",
    ),
    ("noon", r"gunorta(?!dan sonra)\w*"),
    ("afternoon", r"gunortadan sonra|gunun ikinci yarisi\w*"),
    ("evening", r"axsam\w*"),
)
DATE_ROLES = (
    (
        "birth",
        r"",
        r"(?:[- ]?\w{0,4})?(?: il)?(?: \d{1,2} \w+| \w+ \d{1,2})? (?:tevellud|dogum)|(?:(?<=il)d[ae]|(?<=ilde)) (?:\w+ )?(?:anadan ol|dogul)",
    ),
    ("said", r"^[a-z]+(?:, [a-z]+)?, $", r"\.? ?(?:/|-|\.|\(|, [a-z.]{2,12} ?(?:[./:]|- ))"),
    (
        "since",
        r"",
        r"(?:-?(?:dan|den|ndan|nden|sinden|sindan))? (?:etibaren|sonra|beri|indiyedek|bu gune|bu vaxta|bugune|"
        r"indiye|baslayaraq|tarixinden)",
    ),
    ("since", r"", r"(?<=d[ae]n)(?!\w)"),
    (
        "until",
        r"",
        r"(?:-?(?:dek|nedek))? (?:qeder|kimi)|-?(?:[ae]|n[ae]|in[ae]|un[ae])?d[ae]k(?!\w)",
    ),
    (
        "history",
        r"(?:razilas|beyanat|muqavile|muharibe|imzala)\w*(?: \w+){0,3} $",
        r"",
    ),
    (
        "history",
        r"",
        r"(?:[- ]?\w{0,4})?(?: tarixli)? (?:muharibesi|razilasma|sazis|beyanat|tevelludlu|ucterefli|ucterefli|"
        r"muqavile|beyanat|ateskes|ateskes|il tevelludlu)",
    ),
    ("said", r"(?:meyit|cesed)\w* $", r" (?:\w+ )?(?:tapil|askar)\w*"),
    (
        "said",
        r"",
        r",? (?:[\w\"'-]+ ){0,8}?(?:istinaden|[\w-]+in melumatina gore) (?:\w+ ){0,2}?(?:xeber|melumat|bildir|yaz)\w*|"
        r"(?: [\w'-]+){0,6}? (?:ölu|ölmus|cesed\w*|meyit\w*) (?:\w+ )?(?:tapil|askarlan|askar ol)\w+",
    ),
    (
        "said",
        r"",
        r",? (?:\w+ ){0,3}?(?:bildir|xeber ver|melumat ver|deyib|aciqla|melumat yay|elan)\w*",
    ),
    # *It became known only today.*
    ("said", r"", r"(?: \w+){0,2} (?:melum ol|askara cix|ictimailesdir|aciqlan)\w*"),
    ("future", r"", r"(?: \w+){0,4} \w{3,}(?:acaq|ecek)(?:dir|lar|ler|lardir|lerdir)?(?=[.,;]|$)"),
)
PLACE_ROLES = (
    (
        "inquiry",
        r"",
        r"\w{0,4} (?:rayon\w{0,6} (?:prokuror|polis (?:sobe|idare|bolme))|rp[is]\b)",
    ),
    ("denied", r"", r"(?:d[ae])?(?: (?:rayon|kend|seher)\w*)? (?:deyil|yox)(?=,| )"),
    (
        "dateline",
        r"^$",
        r"(?:, azerbaycan)?,? ?(?:/|(?<=baki, )\d{1,2} \w+\.|\d{1,2} \w+ ?(?:/|-|,)|- )",
    ),
    (
        "hospital",
        r"",
        r"(?:\w{0,4})?(?: (?:reabilitasiya|protez|berpa) )(?:\w+ )?merkez|(?:\w{0,4})?(?: (?:rayon|seher|merkezi|markezi|herbi|respublika|klinik|rayonu?|sehere?)\w*){0,3}"
        r" (?:xestexana|hospital|klinika|tibb merkez|diaqnostika|morq)",
    ),
    ("hospital", r"(?:xestexana|hospital|klinika)\w* $", r""),
    (
        "home",
        r"",
        r"(?:\w{0,4})?(?: (?:rayonu|rayon|rayonunun|seher|seheri|kend|kendi|qesebe|qesebesi|seherinin|"
        r"seher|kendinin|r-nu|[\w]+ kend|[\w]+ kendi|[\w]+ qesebe)\w*){0,2} (?:(?:iki|uc|dord|bes|alti|bir|bir nece|\d+) )?(?:nefer )?(?:sakin|dogumlu|esilli|"
        r"qeydiyyat)",
    ),
    (
        "home",
        r"",
        r"(?: rayonu?)? ve \w+(?: (?:rayon|seher|kend|qesebe)\w*)? sakin",
    ),
    (
        "hospital",
        r"",
        r" (?:\w+ ){0,2}?(?:(?:ilk|tibbi) yardim (?:goster|al)|emeliyyat olun|mualice)|(?<=[ae]) (?:\w+ ){0,2}?(?:getiril|aparil|catdiril|texliye|kocurul|gonderil|yola sal)",
    ),
    (
        "home",
        r"",
        r"(?:dan|den)? (?:olan|gelmis|gelen) |\w{0,4} (?:meskunlas|mesken sal)\w*|\w{0,4} (?:anadan ol|yasayan|qeydiyyatda|dogul|dogum|defn|esilli|torpaga tapsiril)",
    ),
    (
        "office",
        r"",
        r"(?:\w{0,4})?(?: (?:rayon|seher|rayonu|herbi|harbi|garnizon|dovlet|regional|bolge|seherinin|"
        r"rayonunun)\w*){0,2} (?:prokuror|polis (?:sobe|idare|bolme)|mehkeme|icra hakim|idare)",
    ),
    (
        "office",
        r"",
        r" (?:irevandan|teleb|teleb|bildirib|ittiham|cagirir|hesab edir|gozleyir)",
    ),
    ("road", r"(?:ile|ve) $", r"\w{0,4} (?:rayon\w* )?arasinda\w* (?:\w+ )?yol"),
    ("border", r"(?:serhed|arasinda) $", r"\w{0,4} (?:serhed|arasinda|ile serhed)"),
    (
        # *Qubadlıda hərbi maşın*: the locative is a place, whatever follows.
        "people",
        r"",
        r"(?<!d[ae])\w{0,4} (?:respublika|ordu(?!bad)|mudafie|herbi|herbci|silahli|vetendas|nazirli|fovqelade|daxili|"
        r"xarici|prezident|hokumet|dovlet(?:in|i)? |sulhmeramli|esger(?!an)|terefi|minatemizleme|milli|jurnalist|avtomobil yol|"
        r"qosun|zabit|serhedci|terefinden|istehsali|isgal(?!dan)|serhed xidmeti)",
    ),
    ("road", r"", r"\w{0,4} (?:ile|ve) [\w-]+ (?:rayon\w* )?arasinda\w* (?:\w+ )?yol"),
    (
        "road",
        r"",
        r" ?- ?[a-z]{4,}\w* (?:avtomobil |magistral |demir )?(?:yol|magistral|istiqamet)",
    ),
    (
        "road",
        r"",
        r"(?:l[ae])?(?: rayonu)? (?:ve )?(?:\w+ )?(?:\w+ )?arasinda(?:ki)? (?:\w+ )?(?:yol|magistral|sose)",
    ),
    ("road", r"\w+ ?- ?$", r"\w{0,4} (?:avtomobil |magistral |demir )?(?:yol|magistral)"),
)
VILLAGES = (
    r"(?<![\w'’-])(?P<name>[A-ZÇƏĞİÖŞÜ][\w'’-]++(?: [A-ZÇƏĞİÖŞÜ][\w'’-]++)?)(?<!n[ıiuü]n) "
    r"(?:kənd|kend|qəsəbə|qesebe|yaşayış məntəqə|yüksəkli|stansiya)\w*",
    r"(?<![\w'’-])(?P<name>[A-ZÇƏĞİÖŞÜ][\w'’-]++) adlı (?:kənd|yüksəklik|ərazi)\w*",
)
DISTRICTS = (
    r"(?<![\w'’-])(?P<name>[A-ZÇƏĞİÖŞÜ][\w'’-]++(?: [A-ZÇƏĞİÖŞÜ][\w'’-]++)?) "
    r"(?:rayon|vilayət|vilayet|əyalət|eyalet|ştat|bölgə|departament|mahal)\w*",
)
CLAUSE_STRONG = r"[;:.]|,? (?:ve|amma)(?= )"
CLAUSE = r"(?:[;:,.]| - | ve)(?= )"
CITED = "{source}, {outlet} vasitesile"
SUBJECT_FIRST = True
SINGULAR_OUTCOME = (
    r"(?:sag |sol )?(?:ayag[iu]n|penceni|pencesi|topug|elini?(?!\w)|qolun|gozun|barmagin)"
)
SINGULAR_PRONOUN = (
    r"(?:^|[.!?;:] |\n)o $|(?<!\w)o,(?: [\w-]+){0,6} $|(?<!\w)onu(?: [\w-]+){0,2} $|"
    r"(?<!\w)(?:neticesinde|neticede|zaman|hazirda|sonra|ki,?) o (?:[\w-]+ ){0,3}$"
)
PLURAL = r"(?<!qonsu)(?<!emi)(?<!dayi)(?<!bibi)(?<!xala)(?<!ata)(?<!ana)(?<!nene)(?<!baba)(?:lar|ler)\w*$"
KEEP = r"(?<!\w)öl"

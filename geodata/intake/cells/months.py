"""Names of months in English, Azerbaijani, Russian and Turkish, by how they begin."""

from geodata.wording import plain

_MONTHS = (
    "jan january yanvar январь января янв ocak",
    "feb february fevral февраль февраля фев subat",
    "mar march mart март марта мар",
    "apr april aprel апрель апреля апр nisan",
    "may may май мая mayis",
    "jun june iyun июнь июня июн haziran",
    "jul july iyul июль июля июл temmuz",
    "aug august avqust август августа авг agustos",
    "sep sept september sentyabr сентябрь сентября сен сент eylul",
    "oct october oktyabr октябрь октября окт ekim",
    "nov november noyabr ноябрь ноября ноя нояб kasim",
    "dec december dekabr декабрь декабря дек aralik",
)
MONTH_OF_NAME = {
    plain(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()
}

"""What stands around a printed map: title band, key figures, sources, page number."""

from collections.abc import Mapping

from babel import Locale

from service.content.figures import figures_of, tiles_of
from service.content.sources import sources_text
from service.content.texts import texts_of
from service.content.view import RiskView
from service.handouts import notice_of
from service.i18n import Translator
from service.maps import palette
from service.maps.letters import LINE, MM_PER_POINT, cut, fitting, width_of, wrap
from service.maps.paper import Sheet

MARGIN = 10.0
BAND = 17.5
"""Height of the title band."""
TOP = BAND + 4.0
"""Where the content begins."""
NOTICE = 3.2
"""Height of the strip that says the sheet is not for distribution, between band and content."""
GREY = "#44545d"


def heading(sheet: Sheet, view: RiskView, say: Translator, title: str, line: str) -> None:
    """Draw the title band: title and line at the left, date and version at the right."""
    texts = texts_of(say.lang)
    sheet.box(0, 0, sheet.width, BAND, facecolor=palette.DEEP)
    sheet.box(0, BAND, sheet.width, 0.7, facecolor=palette.WARM)
    notice = notice_of(view.snapshot, say.lang)
    if notice:
        sheet.box(0, BAND, sheet.width, NOTICE, facecolor=palette.ALARM)
        bold = {"fontweight": "bold", "color": "white"}
        sheet.text(sheet.width / 2, BAND + 0.8, notice.upper(), 6.6, ha="center", **bold)
    stamp = texts["as-of"].replace("{day}", say.date(view.as_of, "long"))
    version = f"{texts['version']}: {view.snapshot.revision}"
    edition = f"{texts['boundaries-edition']}: {view.snapshot.edition}"
    right, aside = sheet.width - MARGIN, width_of(stamp, 8.5, bold=True)
    sheet.text(right, 3.9, stamp, 8.5, ha="right", fontweight="bold", color="white")
    for top, words in ((9.0, version), (12.3, edition)):
        sheet.text(right, top, words, 6.4, ha="right", color="#c9d8df")
        aside = max(aside, width_of(words, 6.4))
    width = sheet.width - 2 * MARGIN - aside - 6
    size = fitting(title, width, 14.5, bold=True, least=0.55)
    title = cut(title, width, size, bold=True)
    sheet.text(MARGIN, 3.9, title, size, fontweight="bold", color="white")
    size = fitting(line, width, 8)
    sheet.text(MARGIN, 11.2, cut(line, width, size), size, color="#dfe8ec")


def period_line(view: RiskView, say: Translator, *, short: bool = False) -> str:
    """Say which country and period, what is counted and, unless short, how it is smoothed."""
    texts, parameters = texts_of(say.lang), view.parameters
    parts = [say.days(view.window.start, view.window.end)] if view.window else []
    parts.append(texts[f"unit.{parameters.weight}.{parameters.exposure}"])
    country = country_of(view, say.locale)
    if country:
        parts.insert(0, country)
    if short:
        return " · ".join(parts)
    parts.append(f"{texts['smoothing']}: {texts[f'smoothing.{parameters.smoothing}']}")
    if parameters.half_life_days:
        days = say.number(parameters.half_life_days)
        parts.append(texts["half-life"].replace("{days}", days))
    return " · ".join(parts)


def country_of(view: RiskView, locale: Locale) -> str:
    """Give the name of the country whose ISO 3166-1 code all district ids begin with.

    Parameters
    ----------
    view
        With its districts.
    locale
        Language of the name.

    Returns
    -------
    str
        Empty where the ids begin with no country's code, or not all with the same.
    """
    codes = {str(name).partition("-")[0] for name in view.districts.index}
    code = codes.pop() if len(codes) == 1 else ""
    return str(locale.territories.get(code, "")) if len(code) == 2 else ""


def section(sheet: Sheet, left: float, top: float, width: float, title: str) -> float:
    """Write the title of a part over a thin line; give where the part begins."""
    size = fitting(title, width, 8, bold=True)
    sheet.text(
        left, top, cut(title, width, size, bold=True), size, fontweight="bold", color=palette.DEEP
    )
    sheet.line(left, top + 3.4, width, palette.DEEP)
    return top + 5.0


def figures(
    sheet: Sheet, numbers: Mapping[str, str], left: float, top: float, width: float
) -> float:
    """Write key figures in a row of tiles, the number large over its words; give the edge."""
    gap, pad, large = 1.6, 1.6, 14.0
    tile = (width - gap * (len(numbers) - 1)) / max(1, len(numbers))
    inner = tile - 2 * pad
    size = min([5.9, *(_least(words, inner) for words in numbers)])
    lines = {words: wrap(words, inner, size) for words in numbers}
    under = 2 * pad + large * 0.76 * MM_PER_POINT
    most = max((len(one) for one in lines.values()), default=1)
    height = under + most * size * LINE * MM_PER_POINT + pad - 0.7
    for i, (words, number) in enumerate(numbers.items()):
        x = left + i * (tile + gap)
        sheet.box(x, top, tile, height, facecolor=palette.PALE)
        sheet.box(x, top, 0.7, height, facecolor=palette.DEEP)
        fits = fitting(number, inner, large, bold=True)
        sheet.text(x + pad, top + pad, number, fits, fontweight="bold", color=palette.BADGE)
        y = top + under
        for line in lines[words]:
            sheet.text(x + pad, y, line, size, color=GREY)
            y += size * LINE * MM_PER_POINT
    return top + height


def _least(words: str, width: float) -> float:
    """Give the size at which the longest word still fits a line."""
    return min(fitting(word, width, 5.9) for word in words.split() or [""])


def _foot(view: RiskView, say: Translator, width: float) -> list[tuple[str, float, str, str]]:
    """Lines at the foot: text, size, colour, weight."""
    texts = texts_of(say.lang)
    found = [(texts["not-safe"], 7.4, palette.ALARM, "bold")]
    sources = f"{texts['sources']}: {sources_text(view, say.lang)}"
    for text in (texts["disclaimer"], sources):
        # In a picture letters stand on whole pixels, and a long line grows by some per cent.
        found.extend((line, 6.0, GREY, "normal") for line in wrap(text, 0.96 * width, 6.0))
    return found


def foot_height(sheet: Sheet, view: RiskView, say: Translator) -> float:
    """Give the height that `footing` needs, from the lower edge of the sheet."""
    lines = _foot(view, say, sheet.width - 2 * MARGIN)
    return sum(size * LINE * MM_PER_POINT for _, size, _, _ in lines) + 12.5


def footing(
    sheet: Sheet, view: RiskView, say: Translator, page: int, pages: int, address: str = ""
) -> None:
    """Write warning, disclaimer, sources, address and page number at the bottom."""
    texts, width = texts_of(say.lang), sheet.width - 2 * MARGIN
    top = sheet.height - foot_height(sheet, view, say)
    sheet.line(MARGIN, top + 1.2, width, palette.DEEP)
    top += 3.0
    for text, size, colour, weight in _foot(view, say, width):
        sheet.text(MARGIN, top, text, size, color=colour, fontweight=weight)
        top += size * LINE * MM_PER_POINT
    y = sheet.height - 6.6
    paged = texts["page"].replace("{n}", say.number(page)).replace("{of}", say.number(pages))
    sheet.text(sheet.width - MARGIN, y, paged, 6.4, ha="right", color=GREY, fontweight="bold")
    made = f"hazardmap · {address}" if address else "hazardmap"
    made = cut(made, width - 30, 6.4)
    sheet.text(MARGIN, y, made, 6.4, color=GREY, url=address or None)


def rest(say: Translator, number: int, address: str) -> str:
    """Say where those are that the sheet has no room for."""
    texts = texts_of(say.lang)
    text = texts["rest-at" if address else "rest-in-register"]
    return text.replace("{n}", say.number(number)).replace("{address}", address)


def key_figures(view: RiskView, say: Translator) -> dict[str, str]:
    """Give the totals with the words under them."""
    return {words: number for number, words in tiles_of(figures_of(view, say), say)}


def lines_of(text: str, width: float, size: float) -> float:
    """Give the height of text wrapped to a width."""
    return len(wrap(text, width, size)) * size * LINE * MM_PER_POINT


def reading(sheet: Sheet, say: Translator, place: tuple[float, float, float], width: float) -> None:
    """Say how to read the map, where there is room for it: left, top and lower edge."""
    left, top, bottom = place
    texts = texts_of(say.lang)
    if top + reading_height(say, width) > bottom + 0.01:
        return
    top = section(sheet, left, top + 1, width, texts["reading"])
    sheet.wrapped(left, top, width, texts["methods-text"], 6.4, color=GREY)


def reading_height(say: Translator, width: float) -> float:
    """Give the height that `reading` needs."""
    return 6.0 + lines_of(texts_of(say.lang)["methods-text"], width, 6.4)

"""Mentions of dates, resolved against the day of publication."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from geodata import codes
from geodata.reports.vocabulary import Vocabulary
from geodata.wording import say

_ISO = re.compile(r"(?<![\d-])(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])")
_NUMERIC = re.compile(
    r"(?<![\d.,/])(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d\d)(?![\d/])"
)
_NEXT_TO = 4
_NEWS = frozenset({"weekday", "weekend", "offset:0", "offset:-1", "offset:-2", "ago_days"})
"""Kinds of dates that no agreement and no war is told by."""
_APART = re.compile(r"[.!?;\n]")
# A date without its year that lies this far ahead is one of the text's own day; further
# ahead it is the one of the year before.
_AHEAD = timedelta(days=31)
_DATELINE = 40
"""Within how many characters of its beginning a text bears its own day."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A stretch of days that a text names."""

    start: int
    end: int
    first: date
    last: date
    """Inclusive."""
    precision: int
    """UCDP's `date_prec`, 1 to 5."""
    basis: codes.DateBasis
    role: str = "event"
    """What the words around say it is: ``event`` where they say nothing, ``said`` the day of a
    statement, ``since``, ``until``, ``history``, ``future``."""
    kind: str = "day"
    relative: bool = False
    """It counts from another date of the text, not from the publication."""


@dataclass(frozen=True, slots=True)
class _Span:
    first: date
    last: date
    precision: int
    basis: codes.DateBasis


def find_dates(
    text: str, folded: str, published: date, vocabulary: Vocabulary
) -> tuple[list[DateMention], list[str]]:
    """Find and resolve all dates of a report.

    The dates in the order of the text, and warnings where the text contradicts itself or its day of
    publication.
    """
    found: list[tuple[int, int, str, re.Match[str]]] = []
    taken = bytearray(len(folded))
    for kind, pattern in compiled_dates(vocabulary):
        for match in pattern.finditer(folded):
            start, end = match.span()
            if start == end or any(taken[start:end]):
                continue
            if vocabulary.capitals and not _capital(text, match):
                continue
            taken[start:end] = b"\1" * (end - start)
            found.append((start, end, kind, match))
    resolver = _Resolver(published, vocabulary)
    mentions: list[DateMention] = []
    told = False
    for start, end, kind, match in sorted(found, key=lambda f: f[0]):
        role = _role(folded, start, end, vocabulary, news=kind in _NEWS)
        span = resolver.resolve(kind, match)
        if span is None:
            continue
        mentions.append(
            DateMention(
                start, end, span.first, span.last, span.precision, span.basis, role,
                kind.partition(":")[0], kind.startswith("anchor"),
            )
        )  # fmt: skip
        told = resolver.remember(span, role, told=told, first=start < _DATELINE)
    mentions, warnings = _with_weekdays(mentions, folded)
    for mention in mentions:
        if mention.first > published and mention.role in ("event", "said"):
            warnings.append(
                say(
                    "{words!r} is after the day of publication given, {day}",
                    words=text[mention.start : mention.end],
                    day=published.isoformat(),
                )
            )
    return mentions, warnings


def _capital(text: str, match: re.Match[str]) -> bool:
    groups = [g for g in ("m", "m1", "w") if _group(match, g)]
    return not any(text[match.start(g)].islower() for g in groups)


def _with_weekdays(mentions: list[DateMention], folded: str) -> tuple[list[DateMention], list[str]]:
    """Join *Sunday, 13 December*, and say where the two do not agree."""
    kept: list[DateMention] = []
    warnings: list[str] = []
    for mention in mentions:
        before = kept[-1] if kept else None
        near = (
            before is not None
            and mention.start - before.end <= _NEXT_TO
            and _APART.search(folded, before.end, mention.start) is None
        )
        if before is not None and near and {before.kind, mention.kind} in (
            {"weekday", "day"}, {"offset", "day"}, {"offset", "weekday"}, {"weekday", "days"},
        ):  # fmt: skip
            day = mention if mention.kind in ("day", "days") else before
            if {before.kind, mention.kind} == {"offset", "weekday"}:
                day = before if before.kind == "offset" else mention
            other = before if day is mention else mention
            fits = (
                other.first.weekday() == day.first.weekday()
                if other.kind == "weekday"
                else other.first == day.first
            )
            if not fits and day.precision == 1:
                warnings.append(
                    say(
                        "{words!r}: the weekday and the date disagree",
                        words=folded[before.start : mention.end],
                    )
                )
            role = before.role if before.role != "event" else mention.role
            kept[-1] = replace(day, start=before.start, end=mention.end, role=role)
        else:
            kept.append(mention)
    return kept, warnings


@lru_cache(maxsize=16)
def _roles(
    roles: tuple[tuple[str, str, str], ...],
) -> tuple[tuple[str, re.Pattern[str] | None, re.Pattern[str] | None], ...]:
    return tuple(
        (role, re.compile(before) if before else None, re.compile(after) if after else None)
        for role, before, after in roles
    )


def role_of(
    folded: str, start: int, end: int, roles: tuple[tuple[str, str, str], ...]
) -> str | None:
    """Say what the words right before and after a mention make of it.

    The first role that fits.

    Parameters
    ----------
    roles
        Role, pattern of what ends right before it, pattern of what begins right after it.
    """
    line = folded.rfind("\n", 0, start) + 1
    before = folded[max(line, start - 90) : start]
    for role, ahead, behind in _roles(roles):
        if ahead is not None and ahead.search(before) is None:
            continue
        if behind is not None and behind.match(folded, end, end + 90) is None:
            continue
        return role
    return None


def _role(folded: str, start: int, end: int, vocabulary: Vocabulary, *, news: bool) -> str:
    roles = vocabulary.date_roles
    if news:
        # *A shell left from the war went off on Thursday.*
        roles = tuple(r for r in roles if r[0] != "history")
    return role_of(folded, start, end, roles) or "event"


@lru_cache(maxsize=8)
def _compiled(
    dates: tuple[tuple[str, str], ...], month: str, weekday: str, number: str
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = {"{month}": f"(?:{month})", "{weekday}": f"(?:{weekday})", "{number}": number}
    patterns = [("iso", _ISO), ("numeric", _NUMERIC)]
    for kind, pattern in dates:
        for name, value in words.items():
            pattern = pattern.replace(name, value)  # noqa: PLW2901
        patterns.append((kind, re.compile(rf"(?<!\w)(?:{pattern})")))
    return tuple(patterns)


def compiled_dates(words: Vocabulary) -> Iterable[tuple[str, re.Pattern[str]]]:
    """Give the kinds and patterns of all dates of a language, in their order."""
    return _compiled(
        words.dates, "|".join(words.months), "|".join(words.weekdays), words.number_pattern
    )


class _Resolver:
    """Turns matches into days; `anchor` is the last day the text named."""

    def __init__(self, published: date, vocabulary: Vocabulary) -> None:
        self.published = published
        self.vocabulary = vocabulary
        self.anchor: date | None = None
        self.month: tuple[int, int] | None = None

    def remember(self, span: _Span, role: str, *, told: bool, first: bool) -> bool:
        """Keep what later dates count from; say whether a day of a blast was told."""
        if span.precision <= 4 and role in ("event", "said"):
            self.month = (span.first.year, span.first.month)
        ahead = self.published - span.first
        if first and role == "said" and span.precision == 1 and timedelta(0) <= ahead <= _AHEAD:
            # A text with a dateline counts from its own day.
            self.published = span.first
        if span.precision == 1 and (role == "event" or (role == "said" and not told)):
            self.anchor = span.first
            told = told or role == "event"
        return told

    def resolve(self, kind: str, match: re.Match[str]) -> _Span | None:
        name, _, values = kind.partition(":")
        try:
            return getattr(self, f"_{name}")(match, *map(int, values.split(":") if values else ()))
        except (ValueError, OverflowError):
            return None

    # Absolute dates.

    def _iso(self, m: re.Match[str]) -> _Span:
        return _day(date(int(m["y"]), int(m["m"]), int(m["d"])), "stated")

    def _numeric(self, m: re.Match[str]) -> _Span:
        a, b, year = int(m["a"]), int(m["b"]), int(m["y"])
        year += 2000 if year < 100 else 0
        day, month = (b, a) if b > 12 >= a else (a, b)
        return _day(date(year, month, day), "stated")

    def _day(self, m: re.Match[str]) -> _Span:
        year = _group(m, "y") or _group(m, "y2")
        return self._of(int(m["d"]), self._month_of(m["m"]), year)

    def _day_rel(self, m: re.Match[str]) -> _Span:
        year = self.published.year - (0 if m["this"] else 1)
        return self._of(int(m["d"]), self._month_of(m["m"]), str(year))

    def _day_word(self, m: re.Match[str]) -> _Span:
        return self._of(self.vocabulary.ordinals[m["dw"]], self._month_of(m["m"]), _group(m, "y"))

    def _days(self, m: re.Match[str]) -> _Span:
        month = self._month_of(m["m"])
        first_month = self._month_of(m["m1"]) if _group(m, "m1") else month
        end = self._of(int(m["d2"]), month, _group(m, "y")).first
        year = int(_group(m, "y1") or end.year - (first_month > month))
        start = date(year, first_month, int(m["d"]))
        return _between(start, end, "stated" if _group(m, "y") else "resolved")

    def _night_between(self, m: re.Match[str]) -> _Span:
        return self._days(m)

    def _night_to(self, m: re.Match[str]) -> _Span:
        day = self._of(int(m["d"]), self._month_of(m["m"]), _group(m, "y")).first
        return _between(day - timedelta(days=1), day, "resolved")

    def _night_to_weekday(self, m: re.Match[str]) -> _Span:
        day = self._weekday(m).first
        return _between(day - timedelta(days=1), day, "resolved")

    def _holiday(self, _m: re.Match[str], month: int, day: int) -> _Span:
        return self._of(day, month, None)

    def _day_only(self, m: re.Match[str]) -> _Span:
        day, back = int(m["d"]), self.published
        for _ in range(62):
            if back.day == day:
                return _day(back, "resolved")
            back -= timedelta(days=1)
        raise ValueError(m.group())

    def _month_day(self, m: re.Match[str]) -> _Span:
        """Give the day of the month that was named last: *in early March, on the 5th*."""
        if self.month is None:
            return self._day_only(m)
        return _day(date(*self.month, int(m["d"])), "resolved")

    def _month(self, m: re.Match[str]) -> _Span:
        year, month = self._year_month(m)
        basis: codes.DateBasis = "stated" if _group(m, "y") else "resolved"
        return _Span(date(year, month, 1), _month_end(year, month), 4, basis)

    def _anchor_month(self, _m: re.Match[str]) -> _Span:
        """Give the month that was named last: *that month*."""
        year, month = self.month or (self.published.year, self.published.month)
        return _Span(date(year, month, 1), _month_end(year, month), 4, "resolved")

    def _month_rel(self, m: re.Match[str]) -> _Span:
        month = self._month_of(m["m"])
        year = self.published.year - (0 if m["this"] else 1)
        return _Span(date(year, month, 1), _month_end(year, month), 4, "resolved")

    def _month_part(self, m: re.Match[str]) -> _Span:
        return _part(*self._year_month(m), m)

    def _rel_part(self, m: re.Match[str]) -> _Span:
        year, month = _shifted(self.published, 0 if m["this"] else -1)
        return _part(year, month, m)

    def _year(self, m: re.Match[str]) -> _Span:
        year = int(m["y"])
        return _Span(date(year, 1, 1), date(year, 12, 31), 5, "stated")

    # Dates that count from the publication.

    def _offset(self, _m: re.Match[str], days: int) -> _Span:
        return _day(self.published + timedelta(days=days), "resolved")

    def _span(self, _m: re.Match[str], first: int, last: int) -> _Span:
        return _between(
            self.published + timedelta(days=first),
            self.published + timedelta(days=last),
            "resolved",
        )

    def _weekday(self, m: re.Match[str]) -> _Span:
        names = self.vocabulary.weekdays
        number = next(n for n, p in enumerate(names) if re.fullmatch(p, m["w"]))
        back = (self.published.weekday() - number) % 7
        if back == 0 and _group(m, "last"):
            back = 7
        return _day(self.published - timedelta(days=back), "resolved")

    def _ago_days(self, m: re.Match[str]) -> _Span:
        return _day(self.published - timedelta(days=self._number(m)), "resolved")

    def _ago_days1(self, _m: re.Match[str]) -> _Span:
        return _day(self.published - timedelta(days=1), "resolved")

    def _ago_weeks(self, m: re.Match[str]) -> _Span:
        return self._around(self.published - timedelta(weeks=self._number(m)))

    def _ago_weeks1(self, _m: re.Match[str]) -> _Span:
        return self._around(self.published - timedelta(weeks=1))

    def _ago_months(self, m: re.Match[str]) -> _Span:
        year, month = _shifted(self.published, -self._number(m))
        return _Span(date(year, month, 1), _month_end(year, month), 4, "resolved")

    def _ago_years(self, m: re.Match[str]) -> _Span:
        year = self.published.year - self._number(m)
        return _Span(date(year, 1, 1), date(year, 12, 31), 5, "resolved")

    def _weekend(self, _m: re.Match[str]) -> _Span:
        back = (self.published.weekday() - 6) % 7
        sunday = self.published - timedelta(days=back)
        if self.published.weekday() == 5:
            sunday = self.published
            return _between(sunday, sunday, "resolved")
        return _between(sunday - timedelta(days=1), sunday, "resolved")

    def _week(self, _m: re.Match[str], shift: int) -> _Span:
        monday = self.published - timedelta(days=self.published.weekday()) + timedelta(weeks=shift)
        last = min(monday + timedelta(days=6), self.published)
        return _Span(monday, last, 3, "resolved")

    def _week_start(self, m: re.Match[str]) -> _Span:
        week = self._week(m, 0)
        return replace(week, last=min(week.first + timedelta(days=2), week.last))

    def _month_ago(self, _m: re.Match[str], shift: int) -> _Span:
        year, month = _shifted(self.published, shift)
        last = min(_month_end(year, month), self.published)
        return _Span(date(year, month, 1), last, 4, "resolved")

    def _year_ago(self, _m: re.Match[str], shift: int) -> _Span:
        year = self.published.year + shift
        return _Span(date(year, 1, 1), date(year, 12, 31), 5, "resolved")

    def _recent(self, _m: re.Match[str]) -> _Span:
        return _Span(self.published - timedelta(days=6), self.published, 3, "inferred")

    # Dates that count from another date of the text.

    def _anchor(self, _m: re.Match[str], days: int) -> _Span:
        return _day((self.anchor or self.published) + timedelta(days=days), "resolved")

    def _anchor_day(self, m: re.Match[str]) -> _Span:
        return _day((self.anchor or self.published).replace(day=int(m["d"])), "resolved")

    def _anchor_ago(self, m: re.Match[str]) -> _Span:
        return _day((self.anchor or self.published) - timedelta(days=self._number(m)), "resolved")

    def _anchor_weeks(self, m: re.Match[str]) -> _Span:
        return self._around((self.anchor or self.published) - timedelta(weeks=self._number(m)))

    # Parts.

    def _around(self, day: date) -> _Span:
        return _Span(day - timedelta(days=3), day + timedelta(days=3), 3, "resolved")

    def _number(self, m: re.Match[str]) -> int:
        number = self.vocabulary.number(_group(m, "n") or _group(m, "n2") or "")
        if number is None:
            raise ValueError(m.group())
        return number

    def _month_of(self, name: str) -> int:
        return next(
            n for n, p in enumerate(self.vocabulary.months, 1) if re.fullmatch(p, name.strip())
        )

    def _of(self, day: int, month: int, year: str | None) -> _Span:
        if year:
            return _day(date(int(year), month, day), "stated")
        found = date(self.published.year, month, day)
        if found > self.published + _AHEAD:
            found = found.replace(year=found.year - 1)
        elif found < self.published - timedelta(days=340):
            # 2 January in a text of late December is a plan for the next year.
            ahead = found.replace(year=found.year + 1)
            found = ahead if ahead <= self.published + _AHEAD else found
        return _day(found, "resolved")

    def _year_month(self, m: re.Match[str]) -> tuple[int, int]:
        month = self._month_of(m["m"])
        year = _group(m, "y")
        if year:
            return int(year), month
        ahead = date(self.published.year, month, 1) > self.published + _AHEAD
        return self.published.year - ahead, month


def _group(m: re.Match[str], name: str) -> str | None:
    return m[name] if name in m.re.groupindex else None


def _day(day: date, basis: codes.DateBasis) -> _Span:
    if not 1900 <= day.year <= 2100:
        raise ValueError(day)
    return _Span(day, day, 1, basis)


def _between(first: date, last: date, basis: codes.DateBasis) -> _Span:
    if last < first:
        raise ValueError("ends before it starts")
    length = (last - first).days + 1
    precision = next(
        (code for code, most in ((1, 1), (2, 6), (3, 7), (4, 31)) if length <= most), 5
    )
    return _Span(first, last, precision, basis)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _shifted(day: date, months: int) -> tuple[int, int]:
    at = day.year * 12 + day.month - 1 + months
    return at // 12, at % 12 + 1


def _part(year: int, month: int, m: re.Match[str]) -> _Span:
    """Give a third of a month: early is to the 10th, late from the 21st."""
    first = 1 if m["early"] else 11 if m["mid"] else 21
    last = _month_end(year, month) if first == 21 else date(year, month, first + 9)
    return _Span(date(year, month, first), last, 4, "inferred")

"""Dates of WHOIS answers: from any spelling to an instant in UTC, where it can be read in one way only.

`03/04/2012` is two days. It is read where the answer tells the order (a note like `dd/mm/yyyy`, another date with a
number above 12 in one place) or the registry of its top-level domain is known to keep one. A time without a zone is
taken as UTC. What doesn't belong here: which of an answer's dates is which.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from churn.enrich.meaning.record import utc

LONGEST_DATE = 80


class Order(Enum):
    """Which of two numbers before a year is the day."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"


_DAY_FIRST = frozenset(
    "ae ar be bg br ch cl cr cy cz de dk dz es eu fi fr gr hk hm hr ht hu id il im in is it ke lu ma md me mg mo mt mx "
    "my nc nl no nz pf pl pm pt re ro rs ru sa se sg si sk sm sn th tl tn tr tz ua ug uk ve vn wf yt za".split()
)
"""Top-level domains of countries that write the day first, where their registries have slashes or hyphens."""
_MONTH_FIRST = frozenset({"tk", "us"})
_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene gennaio gen janeiro janv ocak января янв janeiro",
            "feb february februar fevrier fevr febrero febbraio fevereiro fev subat февраля фев",
            "mar march marz mars marzo marco mrz maart mart марта мар",
            "apr april avril abril abr aprile avr nisan апреля апр",
            "may mai maj mayo maio maggio mag mei mayis мая май",
            "jun june juni juin junio junho giugno giu haziran июня июн",
            "jul july juli juillet juillet julio julho luglio lug juil temmuz июля июл",
            "aug august aout agosto ago agustus agustos августа авг",
            "sep september sept septembre septiembre setembro settembre set eylul сентября сен",
            "oct october oktober okt octobre octubre outubro ottobre ott out ekim октября окт",
            "nov november novembre noviembre novembro kasim ноября ноя",
            "dec december dezember dez decembre diciembre dic dezembro dicembre aralik декабря дек",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "ut": 0, "wet": 0, "west": 1, "wat": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2,
    "cat": 2, "sast": 2, "eet": 2, "eest": 3, "eat": 3, "msk": 3, "msd": 4, "trt": 3, "gst": 4, "pkt": 5, "wib": 7,
    "ict": 7, "hkt": 8, "sgt": 8, "myt": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "brt": -3, "brst": -2, "art": -3, "clt": -4, "clst": -3, "vet": -4, "est": -5, "edt": -4, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "hst": -10,
}  # fmt: skip
"""Hours from UTC of abbreviations that mean one zone in practice; BST, IST and CST mean several and are not here."""

_TIME = re.compile(
    r"(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?(?:[.,]\d{1,9})?\s{0,2}(?P<half>[ap]\.?m\b\.?)?"
    r"\s{0,2}(?P<zone>\(?(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?(?!\d)\)?|\(?[A-Za-z]{1,4}\b\)?)?",
    re.IGNORECASE,
)
_COMPACT_TIME = re.compile(r"(\d{2})(\d{2})(\d{2})(?!\d)")
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?")
_ISO_ZONE = re.compile(r"\s*([+-]\d{2}:?\d{2})\s*\Z")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.\s年]\s?(\d{1,2})[-/.\s月]\s?(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d{1,5}(?:\D|$))")
_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?![\d:])")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er)?[-\s./]{1,3}(?:de\s)?([^\W\d_]{3,10})\.?[-\s./,]{1,3}(?:de\s|del\s)?(\d{4})(?!\d)"
)
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,10})\.?[-\s/]{1,3}(\d{1,2})(?:st|nd|rd|th)?(?!\d)(?=[,\s-])")
_YEAR_MONTH = re.compile(r"(?<!\d)(\d{4})[-\s./]([^\W\d_]{3,10})\.?[-\s./](\d{1,2})(?!\d)")
_YEAR = re.compile(r"(?<![\d:+-])((?:19|20)\d{2})(?![\d:])")
_VAGUE = re.compile(r"\b(before|prior|until|vor|avant)\b", re.IGNORECASE)
_NOTED = re.compile(r"\b(?:(dd)\s?[/.-]\s?mm|(mm)\s?[/.-]\s?dd)\s?[/.-]\s?yy", re.IGNORECASE)
_TWO_NUMBERS = re.compile(r"(?<![\d./-])(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d:])")


def order_in(text: str, dates: Iterable[str], tld: str | None) -> Order | None:
    """Which number is the day, as far as the answer or its registry tells."""
    noted = _NOTED.search(text) if "yy" in text or "YY" in text else None
    if noted:
        return Order.DAY_FIRST if noted[1] else Order.MONTH_FIRST
    above = set()
    for date in dates:
        for first, _, second in _TWO_NUMBERS.findall(date[:LONGEST_DATE]):
            if (int(first) > 12) != (int(second) > 12):
                above.add(Order.DAY_FIRST if int(first) > 12 else Order.MONTH_FIRST)
    if above:
        return above.pop() if len(above) == 1 else None
    if tld in _MONTH_FIRST:
        return Order.MONTH_FIRST
    return Order.DAY_FIRST if tld in _DAY_FIRST else None


def is_two_ways(date: str) -> bool:
    """Whether a date needs `order_in`."""
    return _TWO_NUMBERS.search(date[:LONGEST_DATE]) is not None


@lru_cache(maxsize=1024)
def read_date(text: str, order: Order | None = None) -> dt.datetime | None:
    """An instant in UTC, whole seconds; a date alone is its midnight. None where it is none, or more than one."""
    text = text[:LONGEST_DATE].strip().strip("\"'")
    try:
        moment = dt.datetime.fromisoformat(text) if text[:4].isdigit() and text[4:5] == "-" else None
    except ValueError:
        moment = None
    try:
        return utc(moment if moment is not None else _spelled(text, order))
    except (ValueError, OverflowError, TypeError):
        return None


def _spelled(text: str, order: Order | None) -> dt.datetime:
    """A date in any other spelling. Raises ValueError where there is none."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if _VAGUE.match(text):
        raise ValueError("a bound, not a date")
    year, month, day, end = _day_of(text, order)
    hour, minute, second, zone = _time_of(text, end)
    moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    return moment - zone


def _day_of(text: str, order: Order | None) -> tuple[int, int, int, int]:
    """Year, month, day, and where in the text they end."""
    if found := _YEAR_FIRST.search(text) or _COMPACT.search(text):
        return int(found[1]), int(found[2]), int(found[3]), found.end()
    if found := _NUMBERS.search(text):
        first, second = int(found[1]), int(found[3])
        return _year(found[4], order), *_month_and_day(first, second, found[2], order), found.end()
    for pattern, year_at, day_at in ((_DAY_MONTH, 3, 1), (_YEAR_MONTH, 1, 3)):
        for found in pattern.finditer(text):
            if month := _MONTHS.get(found[2].lower()):
                return int(found[year_at]), month, int(found[day_at]), found.end()
    for found in _MONTH_DAY.finditer(text):
        month = _MONTHS.get(found[1].lower())
        if month and (year := _YEAR.search(text, found.end())):
            return int(year[1]), month, int(found[2]), found.end()
    raise ValueError("no date")


def _year(digits: str, order: Order | None) -> int:
    """A year of four digits; of two only where the registry's order is known, since 16/09/03 has three readings."""
    if len(digits) == 4:
        return int(digits)
    if order is None:
        raise ValueError("a year of two digits")
    return int(digits) + (1900 if int(digits) >= 70 else 2000)


def _month_and_day(first: int, second: int, separator: str, order: Order | None) -> tuple[int, int]:
    if separator == "." or (first > 12 >= second):
        return second, first
    if second > 12 >= first:
        return first, second
    if order is None and first != second:
        raise ValueError("a date of two readings")
    return (first, second) if order is Order.MONTH_FIRST else (second, first)


def _time_of(text: str, start: int) -> tuple[int, int, int, dt.timedelta]:
    """The time of day after a date, and its zone."""
    none = dt.timedelta()
    found = _TIME.search(text, start)
    if found is None:
        compact = _COMPACT_TIME.match(text, start)
        return (int(compact[1]), int(compact[2]), int(compact[3]), none) if compact else (0, 0, 0, none)
    hour = int(found["h"])
    if half := (found["half"] or "").lower():
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    rest = found["zone"] or ""
    if not rest and (later := _ISO_ZONE.search(text, found.end())):
        rest = later[1]
    return hour, int(found["m"]), int(found["s"] or 0), _zone(rest)


def _zone(text: str) -> dt.timedelta:
    if offset := _OFFSET.search(text):
        away = dt.timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return -away if offset[1] == "-" else away
    return dt.timedelta(hours=_ZONES.get(text.strip("() ").lower(), 0))

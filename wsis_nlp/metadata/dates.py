"""Days as documents print them, in English, French, Spanish and Russian."""

from __future__ import annotations

import datetime as dt
import re

MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    )
    for number, name in enumerate(names.split(), 1)
}
NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w/.–-])(?P<day>\d{{1,2}})(?:er|º|st|nd|rd|th)?\s{{1,3}}(?:de\s)?(?P<month>{NAME})(?:,|\sdel?)?\s{{1,3}}"
        r"(?P<year>\d{4})(?!\w)",
        rf"(?<!\w)(?P<month>{NAME})\s(?P<day>\d{{1,2}}),\s(?P<year>\d{{4}})(?!\w)",
        r"(?<![\w/-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])",
    )
)
MONTH = re.compile(rf"(?P<month>{NAME})(?:\sdel?)?\s(?P<year>\d{{4}})", re.IGNORECASE)
SEVERAL = re.compile(r"\d\s*(?:–|-|and|to|et|au|y|al|и|по)\s*$", re.IGNORECASE)
"""What stands before a day that is one of several, such as the last day of a meeting."""


def days_in(text: str) -> list[tuple[str, str]]:
    """Days that a short text names, of ISO 8601, each with the words that follow it; no day that does not exist."""
    found = []
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            month = MONTHS.get(match["month"].lower()) or int(match["month"])
            if not SEVERAL.search(text[max(0, match.start() - 12) : match.start()]) and _exists(match, month):
                day = f"{match['year']}-{month:02}-{int(match['day']):02}"
                found.append((match.start(), day, text[match.end() :]))
    return [(day, after) for _, day, after in sorted(found)]


def whole_day(text: str) -> str:
    """The day, or else the month, of a line that holds nothing else; an empty string where it is no such line."""
    plain = text.strip(" ()[].,*")
    for pattern in PATTERNS:
        if pattern.fullmatch(plain) and (days := days_in(plain)):
            return days[0][0]
    match = MONTH.fullmatch(plain)
    return f"{match['year']}-{MONTHS[match['month'].lower()]:02}" if match else ""


def _exists(match: re.Match[str], month: int) -> bool:
    try:
        dt.date(int(match["year"]), month, int(match["day"]))
    except ValueError:
        return False
    return True

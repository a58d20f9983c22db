"""Whether a document says that it was adopted, by whom and when, and what else it says of its stage."""

from __future__ import annotations

import re
from itertools import pairwise, takewhile
from typing import NamedTuple

from wsis_nlp.metadata.dates import days_in, whole_day
from wsis_nlp.metadata.masthead import Masthead, body_named
from wsis_nlp.readers import RawText

ADOPTED = re.compile(
    r"(?:Resolution|Decision|Résolution|Décision|Resolución|Decisión|Резолюция|Решение)s?,? "
    r"(?:adopted by|adoptée par|aprobada por|adoptada por|принят\w{1,4})\b(?P<rest>.*)|"
    r"Adopted by (?P<council>the Security Council\b.*)",
    re.IGNORECASE,
)
UNTIL = re.compile(r"\s(?:on|at its|le|el|на|от|без|during)\s.*|[,[(*].*")
MEETING = re.compile(r"\W?\d{1,5}\S{0,4} (?:\([\w ]{1,30}\) )?(?:plenary |séance |sesión |пленарное )?"
                     r"(?:meeting|séance|plénière|sesión|plenaria|заседание)\W?", re.IGNORECASE)  # fmt: skip
DRAFT = re.compile(
    r"(?:(?:revised|zero|first|second|final|advance|preliminary) )*draft\b|.{0,200}\bzero draft\b|"
    r"(?:.{0,200}\W)?(?:draft (?:resolution|decision)|projet de (?:résolution|décision)|"
    r"proyecto de (?:resolución|decisión)|проект (?:резолюции|решения))\W*$",
    re.IGNORECASE,
)
INPUTS = re.compile(r"\b(?:inputs?|contributions?|comments?|submissions?) (?:from|by|of)\b", re.IGNORECASE)
LONGEST = 400  # characters of a line or two that are looked at
PAGE = re.compile(r"(?<![\w/])(\d{1,3})/(\d{1,3})(?![\w/])")


class Adoption(NamedTuple):
    """What the line says that tells of an adoption: its number, the body and the day, empty where it says none."""

    line: int
    body: str
    day: str


def adoption_of(head: Masthead) -> Adoption | None:
    """The adoption of which a masthead tells, if it does."""
    for at, line in enumerate(head.lines):
        match = ADOPTED.match(line.text)
        if match:
            following = [after.text for after in head.lines[at + 1 : at + 4]]
            rest = (match["rest"] or match["council"] or "").strip()
            told = rest if body_named(rest) or not following else f"{rest} {following[0]}"
            name = UNTIL.sub("", f"{told} ").strip().removeprefix("the ")
            return Adoption(
                line.number, body_named(told) or (name if 0 < len(name) <= 90 else ""), _day_behind(rest, following)
            )
    return None


def _day_behind(rest: str, following: list[str]) -> str:
    """The day that the line itself or one of the two below it ends with, before brackets and a numbered title."""
    texts = takewhile(lambda text: not re.match(r"\[|\S*\d/[\d.]", text), following[:2])
    days = days_in(" ".join([rest, *texts])[:LONGEST])
    return days[0][0] if days else ""


def closing_days(raw: RawText) -> list[str]:
    """Days that stand under the number of a meeting, as they close a resolution; one each, in order of the text."""
    lines = raw.text.split("\n")
    under = (after for line, after in pairwise(lines)
             if len(line) < 150 and MEETING.fullmatch(line.strip()))  # fmt: skip
    return list(dict.fromkeys(day for line in under if len(line) < 80 and (day := whole_day(line))))


def stage_of(raw: RawText, head: Masthead, adoption: Adoption | None, symbol: str) -> tuple[str, str, bool]:
    """Stage, where it is told, and whether nothing else is told."""
    fragment = _first_page(raw)
    if fragment:
        return "fragment", f"the first page is numbered {fragment}", False
    draft = next((f"masthead, line {line.number}" for line in head.lines if DRAFT.match(line.text[-LONGEST:])), "")
    if not draft and re.search(r"/(?:L|CRP)\.\d", symbol):
        draft = "symbol"
    if adoption:
        return "adopted", f"adoption, line {adoption.line}", not draft
    inputs = next((line.number for line in head.lines if INPUTS.search(line.text[:LONGEST])), 0)
    if inputs:
        return "inputs", f"masthead, line {inputs}", False
    return ("draft", draft, True) if draft else ("unstated", "", True)


def _first_page(raw: RawText) -> str:
    """Number of the first page, such as 13/14, where the page furniture says that it is not the first of all."""
    end = raw.text.find("\f")
    for region in raw.regions:
        if region.kind == "furniture" and (end < 0 or region.start < end):
            for match in PAGE.finditer(raw.text[region.start : min(region.end, region.start + 300)]):
                if 1 < int(match[1]) <= int(match[2]):
                    return match.group()
    return ""

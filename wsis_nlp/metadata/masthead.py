"""The head of a document, from its first line to the words with which its text begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from wsis_nlp.readers import RawText

HEAD = 20_000  # characters of the beginning that are looked at
LINES = 120  # a masthead has no more, the names of many sponsors included
PROSE = 300  # characters: a longer line is text, unless it ends as the names of sponsors do

GAP = re.compile(r"\t|\s{2,}")
SPONSORED = re.compile(r"(?:\b|\*\s)draft (?:resolution|decision)\W{0,5}$", re.IGNORECASE)
LINK = re.compile(r"\[([^\][]*)\]\([^()\s]*\)")
STARS = re.compile(r"(?<=\S)(?:\*\*|__)(?=[^\W\d_])")
NUMBERED = re.compile(r"(?:[-*•] )?(?:\d{1,3}|[A-Z]|OP ?\d+|PP ?\d+)[.)](?!\S)")
PREAMBLE = re.compile(
    r"(?:Acknowledging|Affirming|Aware|Bearing|Concerned|Considering|Convinced|Deeply|Emphasizing|Expressing|Guided|"
    r"Having|Mindful|Noting|Reaffirming|Recalling|Recognizing|Stressing|Taking|Welcoming|We,? |"
    r"Rappelant|Réaffirmant|Notant|Consciente?|Recordando|Reafirmando|Observando|Ссылаясь|Вновь|Подтверждая)\b"
)
BODIES = {
    "General Assembly": ("general assembly", "assemblée générale", "asamblea general", "генеральн"),
    "Economic and Social Council": (
        "economic and social council", "conseil économique et social", "consejo económico y social",
        "экономическ",
    ),
    "Security Council": ("security council", "conseil de sécurité", "consejo de seguridad", "совет безопасности"),
    "Human Rights Council": (
        "human rights council", "conseil des droits de l'homme", "consejo de derechos humanos", "по правам человека",
    ),
}  # fmt: skip
ENACTING = re.compile(r"(?:The |L['’]\s?|Le |La |El )?(\w[\w'’ -]{5,90}?)(,?)")
ORGAN = re.compile(r"The (?:(?:Executive|Governing|Trade and Development) )?"
                   r"(?:Assembly|Board|Commission|Committee|Conference|Council|Meeting|States)\b")  # fmt: skip


class Line(NamedTuple):
    """One printed line: its words without marks of Markdown, its number, and whether it stands apart as a paragraph."""

    text: str
    number: int
    kind: str  # that of the region, such as heading; empty where the format tells nothing
    first: bool  # of a paragraph


class Masthead(NamedTuple):
    """Lines above the text, and the body in whose name the text then speaks, or an empty string."""

    lines: tuple[Line, ...]
    enacting: str
    enacting_line: int


def body_named(text: str) -> str:
    """The English name of the principal body that a text names, or an empty string."""
    plain = " ".join(text.replace("’", "'").casefold().split())
    named = [(plain.find(form), body) for body, forms in BODIES.items() for form in forms if form in plain]
    return min(named)[1] if named else ""


def enacting_body(text: str) -> str:
    """The body of a line such as "The General Assembly,", or an empty string where a line is no such line."""
    match = ENACTING.fullmatch(text)
    if not match or not match[1][0].isalpha():
        return ""
    principal = body_named(text)
    if principal and (match[2] or text.startswith("The ")) and len(text) < 60:
        return principal
    return match[1] if match[2] and ORGAN.match(text) else ""


def head_lines(raw: RawText) -> Iterator[Line]:
    """Lines of the beginning that are not blank, without what the format tells to be footnotes and page furniture."""
    regions = iter(raw.regions)
    region = next(regions, None)
    place, first = 0, True
    for number, printed in enumerate(raw.text[:HEAD].split("\n"), 1):
        while region is not None and region.end <= place:
            region, first = next(regions, None), True
        kind = region.kind if region is not None and region.start <= place else ""
        place += len(printed) + 1
        if not printed.strip():
            first = True
        elif kind not in ("furniture", "footnote"):
            for place_in_line, text in enumerate(_plain(printed)):
                yield Line(text, number, kind, first or place_in_line > 0)
                first = False


def _plain(printed: str) -> list[str]:
    """A line without marks of Markdown; bold words that close up to the word before begin a line of their own."""
    words = LINK.sub(r"\1", printed) if len(printed) <= 4 * PROSE else printed
    parts = STARS.split(words.strip().strip("\ufeff\u200e\u200f")) if words.count("**") % 2 else [words]
    plain = [part.replace("**", "").replace("__", "").lstrip("#> ").strip() for part in parts]
    return [part for part in plain if part and not set(part) <= set("-_=* |")]


def masthead(raw: RawText) -> Masthead:
    """The lines above the text of a document: none where it begins at once, as a fragment does."""
    lines: list[Line] = []
    for line in islice(head_lines(raw), LINES):
        body = enacting_body(line.text)
        if body:
            return Masthead(tuple(lines), body, line.number)
        prose = len(line.text) > PROSE and not SPONSORED.search(line.text[-60:])
        if prose or NUMBERED.match(line.text) or PREAMBLE.match(line.text.lstrip("*_ ")):
            break
        lines.append(line)
    return Masthead(tuple(lines), "", 0)

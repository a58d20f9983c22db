"""What a Word file keeps apart from its text: headings by style, and the numbers that it prints of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from wsis_nlp.formats.docx_parts import child, local, on, value, whole
from wsis_nlp.formats.printing import numeral

STYLES = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}


class Styles:
    """The styles of paragraphs, by id."""

    def __init__(self, root: Any) -> None:
        self._styles = {
            value(style, "styleId"): (value(child(style, "name")), child(style, "pPr"), value(child(style, "basedOn")))
            for style in root
        }

    def properties(self, paragraph: Any, style: str = "") -> Iterator[tuple[str, Any]]:
        """Properties of a paragraph and of the styles on which it is based, nearest first, each with its name."""
        yield "", paragraph
        style, seen = style or value(child(paragraph, "pStyle")), set[str]()
        while style in self._styles and style not in seen:
            seen.add(style)
            name, properties, style = self._styles[style]
            yield name, properties

    def heading(self, paragraph: Any) -> bool:
        """Whether the properties of a paragraph make it a heading, by style or outline level."""
        for name, properties in self.properties(paragraph):
            if name.lower() == "title":
                return False
            if level := value(child(properties, "outlineLvl")):
                return whole(level, 9) < 9
            if re.fullmatch(r"heading ?[1-9]", name, re.IGNORECASE):
                return True
        return False


class Level(NamedTuple):
    """How a level of a list is numbered; `begun_by` is the number of outer levels of which any begins it anew."""

    start: int
    style: str
    text: str
    begun_by: int
    digits: bool


def level_of(node: Any) -> tuple[int, Level]:
    """A level and its depth from its definition."""
    depth = whole(value(node, "ilvl"), 0)
    return depth, Level(
        whole(value(child(node, "start")), 0),
        value(child(node, "numFmt")) or "decimal",
        value(child(node, "lvlText")),
        whole(value(child(node, "lvlRestart")), depth),
        on(child(node, "isLgl")),
    )


class Numbering:
    """The lists of a document, and how far each has counted."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._families = {value(node, "abstractNumId"): node for node in root if local(node) == "abstractNum"}
        self._lists = {value(node, "numId"): node for node in root if local(node) == "num"}
        self._levels: dict[str, tuple[str, dict[int, Level]]] = {}
        self._counts: dict[str, dict[int, int]] = {}

    def next(self, paragraph: Any) -> str:
        """Number that a paragraph with these properties prints, ``•`` for a bullet; an empty text where it has none."""
        name, depth = self._list_of(paragraph)
        if name not in self._levels and name in self._lists:
            self._levels[name] = self._begin(name)
        family, levels = self._levels.get(name, ("", {}))
        if depth not in levels:
            return ""
        counts = self._counts[family]
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for inner in [inner for inner in counts if inner > depth and inner in levels]:
            if depth < levels[inner].begun_by:
                del counts[inner]
        if levels[depth].style == "bullet":
            return "•"
        return re.sub(
            r"%([1-9])", lambda match: self._figure(levels, depth, int(match[1]) - 1, counts), levels[depth].text
        )

    def _list_of(self, paragraph: Any, style: str = "") -> tuple[str, int]:
        """List in which properties set a paragraph, and the depth; an empty name where in none."""
        found = [child(properties, "numPr") for _, properties in self._styles.properties(paragraph, style)]
        names, depths = ([text for entry in found if (text := value(child(entry, key)))] for key in ("numId", "ilvl"))
        return (names or [""])[0], whole((depths or [""])[0], 0)

    def _figure(self, levels: dict[int, Level], own: int, depth: int, counts: dict[int, int]) -> str:
        level = levels.get(depth)
        if level is None or level.style in ("none", "bullet"):
            return ""
        style = "1" if levels[own].digits else STYLES.get(level.style, "1")
        return numeral(counts.get(depth, level.start), style, doubled=True)

    def _begin(self, name: str) -> tuple[str, dict[int, Level]]:
        """Family of a list, whose lists count together, and its levels; one with a start of its own begins anew."""
        family = value(child(self._lists[name], "abstractNumId"))
        if style := value(child(self._families.get(family, ()), "numStyleLink")):
            linked = self._list_of((), style)[0]
            family = value(child(self._lists.get(linked, ()), "abstractNumId"))
        levels = dict(level_of(node) for node in self._families.get(family, ()) if local(node) == "lvl")
        counts = self._counts.setdefault(family, {})
        for change in self._lists[name]:
            depth = whole(value(change, "ilvl"), -1)
            if (own := child(change, "lvl")) != ():
                levels[depth] = level_of(own)[1]
            start = whole(value(child(change, "startOverride")), -1)
            if start >= 0 and depth in levels:
                levels[depth] = levels[depth]._replace(start=start)
                counts.pop(depth, None)
        return family, levels

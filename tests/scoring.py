"""How well a segmentation agrees with a gold standard.

A predicted unit is right where it covers the same non-blank characters as one gold unit (intersection over union of
at least 0.98) and has its kind and label. Headings, preambular, operative and sub-paragraphs count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

COUNTED = frozenset({"heading", "preambular", "operative", "subparagraph"})
OVERLAP = 0.98


@dataclass(frozen=True)
class Score:
    """Agreement of one document: F1, and the shares of the right units that agree in their further columns."""

    gold: int
    predicted: int
    right: int
    section: float
    marks: float
    old_label: float
    text: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.gold + self.predicted) if self.right else 0.0

    @property
    def wrong(self) -> int:
        """How many units are missed or invented, whichever are more."""
        return max(self.gold, self.predicted) - self.right


def essence(text: str) -> str:
    """What two renderings of a text must share: ASCII letters and digits."""
    return "".join(c for c in text.casefold() if c.isascii() and c.isalnum())


def places(unit: Mapping[str, Any], raw: str) -> frozenset[int]:
    """The offsets of the unit's characters that are not white space."""
    return frozenset(i for start, end in unit["spans"] for i in range(start, end) if not raw[i].isspace())


def score(raw: str, gold: Iterable[Mapping[str, Any]], predicted: Iterable[Mapping[str, Any]]) -> Score:
    """Match predicted units with gold ones and count."""
    wanted = [(unit, places(unit, raw)) for unit in gold if unit["kind"] in COUNTED]
    found = [(unit, places(unit, raw)) for unit in predicted if unit["kind"] in COUNTED]
    home = {offset: n for n, (_, covered) in enumerate(wanted) for offset in covered}
    pairs: dict[int, Mapping[str, Any]] = {}
    for unit, covered in found:
        rivals = {home[offset] for offset in covered if offset in home}
        shares = {n: len(covered & wanted[n][1]) / len(covered | wanted[n][1]) for n in rivals}
        nearest = max(shares, key=lambda n: shares[n], default=None)
        if nearest is None or nearest in pairs or shares[nearest] < OVERLAP:
            continue
        if (unit["kind"], unit["label"]) == (wanted[nearest][0]["kind"], wanted[nearest][0]["label"]):
            pairs[nearest] = unit

    def share(agree: Any) -> float:
        return sum(agree(unit, wanted[n][0]) for n, unit in pairs.items()) / len(pairs) if pairs else 0.0

    return Score(
        gold=len(wanted),
        predicted=len(found),
        right=len(pairs),
        section=share(lambda u, g: [essence(s) for s in u["section"]] == [essence(s) for s in g["section"]]),
        marks=share(lambda u, g: set(u["marks"]) == set(g["marks"])),
        old_label=share(lambda u, g: u["old_label"] == g["old_label"]),
        text=share(lambda u, g: essence(u["text"]) == essence(g["text"])),
    )

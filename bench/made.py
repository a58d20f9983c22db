"""A made corpus of any size: documents of some 40 kB from paragraphs of the five documents, drawn with a seed.

One word in twenty is another of the five documents, and one in two hundred has a letter changed, so that the vocabulary
grows with the text as it does in real ones.
"""

from __future__ import annotations

import math
import random
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

RAW = Path(__file__).parents[1] / "corpus" / "raw"
OTHER, CHANGED = 0.05, 0.005
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def documents(megabytes: float, *, size: float = 0.04, wide: int = 0, seed: int = 0) -> Iterator[str]:
    """Texts of ``size`` megabytes; their lines are those of the five documents, or all break before a width."""
    draw = random.Random(seed)
    texts = [path.read_bytes().decode() for path in sorted(RAW.glob("*.txt"))]
    paragraphs = [part.split(" ") for text in texts for part in re.split(r"\n\s*\n", text)]
    words = [word for part in paragraphs for word in part if word.isalpha()]

    def noisy(paragraph: list[str]) -> str:
        """The paragraph with some words changed; how many words stay between two that are is drawn, not each word."""
        held, at = paragraph.copy(), -1
        while True:
            at += 1 + int(math.log(1 - draw.random()) / math.log(1 - OTHER - CHANGED))
            if at >= len(held):
                return " ".join(held)
            word = held[at]
            if draw.random() * (OTHER + CHANGED) < OTHER:
                held[at] = draw.choice(words)
            elif word.isalpha():
                place = draw.randrange(len(word))
                held[at] = word[:place] + draw.choice(LETTERS) + word[place + 1 :]

    while megabytes > 0:
        parts, left = [], size * 1e6
        while left > 0:
            text = noisy(draw.choice(paragraphs))
            parts.append(textwrap.fill(text, wide) if wide else text)
            left -= len(parts[-1]) + 2
        yield "\n\n".join(parts)
        megabytes -= size


def write(folder: Path, megabytes: float, *, seed: int = 0) -> Path:
    """Write the documents into a folder, half of them in lines of 90 characters as files of PDF have them."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = (documents(megabytes / 2, wide=wide, seed=seed + wide) for wide in (0, 90))
    for sort, texts in zip("ab", halves, strict=True):
        for number, text in enumerate(texts):
            (folder / f"text-{sort}{number:05}.txt").write_text(text, "utf-8", newline="")
    return folder

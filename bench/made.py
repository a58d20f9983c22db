"""A made corpus of any size: documents of some 40 kB from paragraphs of the five documents, drawn with a seed.

One word in twenty is another of the five documents, and one in two hundred has a letter changed, so that the vocabulary
grows with the text as it does in real ones.
"""

from __future__ import annotations

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
    paragraphs = [part for text in texts for part in re.split(r"\n\s*\n", text)]
    words = [word for part in paragraphs for word in part.split(" ") if word.isalpha()]

    def noisy(word: str) -> str:
        chance = draw.random()
        if chance < OTHER:
            return draw.choice(words)
        if chance < OTHER + CHANGED and word.isalpha():
            at = draw.randrange(len(word))
            return word[:at] + draw.choice(LETTERS) + word[at + 1 :]
        return word

    while megabytes > 0:
        parts, left = [], size * 1e6
        while left > 0:
            text = " ".join(map(noisy, draw.choice(paragraphs).split(" ")))
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

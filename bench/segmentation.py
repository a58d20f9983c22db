"""Speed and growth of the segmentation of text: megabytes per second, and what ten times or twice the input costs.

Run from the root of the project: ``.venv/bin/python bench/segmentation.py [MEGABYTES]``, at most 10 megabytes unless
given. CPU time; the ratio of a text to twice the text is about 2 where the work grows linearly. Tests do not read these
figures.
"""

from __future__ import annotations

import random
import re
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wsis_nlp.segmentation import segment

RAW = Path(__file__).parents[1] / "corpus" / "raw"
HOSTILE = {
    "digits": "1",
    "numbers": "12 ",
    "number lines": "12\n",
    "labels in a line": "1. A ",
    "label lines": "1. We agree.\n",
    "decimals": "1.1. Aa\n",
    "items": "(a) ",
    "item lines": "(i) A b\n",
    "brackets": "[",
    "pairs of brackets": "[]",
    "links": "[a](b)",
    "dots": ".",
    "blank lines": "\n",
    "blanks": " ",
    "no-break blanks": "\u00a0",
    "one letter": "a",
    "short lines": "a\n",
    "title lines": "Aa\n\n",
    "words": "word ",
    "capitals": "Word ",
    "recitals": ", Recalling a ",
    "organs": "The Assembly ",
    "symbols": "A/1 ",
    "symbol lines": "A/RES/1/2\n",
    "page numbers": "A/RES/1 B 2/3 c ",
    "fractions": "1/2 ",
    "notes": "¹ See\n",
    "stars": "*",
    "form feeds": "a\f",
    "tags": "<u>",
    "escapes": "\\(",
}
SIZE, SHORT = 1_000_000, 200_000
"""Characters of a hostile text; of one whose lines have few characters, since each line costs some 0.2 milliseconds."""


def seconds(text: str) -> float:
    """CPU seconds for a text."""
    start = time.process_time()
    segment(text)
    return time.process_time() - start


def documents_like(
    texts: list[str], megabytes: float, *, size: float = 0.04, wide: int = 0, seed: int = 0
) -> Iterator[str]:
    """Documents of a size of resampled paragraphs of texts, one word in twenty of them another, as many as asked for.

    Lines are those of the texts, or all break before a width.
    """
    random_ = random.Random(seed)
    paragraphs = [part for text in texts for part in re.split(r"\n\s*\n", text)]
    words = [word for part in paragraphs for word in part.split(" ") if word.isalpha()]
    while megabytes > 0:
        drawn: list[str] = []
        left = size * 1e6
        while left > 0:
            chosen = random_.choice(paragraphs).split(" ")
            text = " ".join(random_.choice(words) if random_.random() < 0.05 else word for word in chosen)
            drawn.append(textwrap.fill(text, wide) if wide else text)
            left -= len(drawn[-1]) + 2
        yield "\n\n".join(drawn)
        megabytes -= size


def rows(most: float = 10) -> list[dict[str, Any]]:
    """Speed on documents of some 40 kB, also with short lines, and on one document; 1, 10, … up to ``most`` megabytes.

    ``stage, mb, seconds, mb_per_second, limit``: CPU time, best of three for 1 MB, and the fewest megabytes a second.
    """
    texts = [path.read_bytes().decode() for path in sorted(RAW.glob("*.txt"))]
    found = []
    for mb in (size for size in (1, 10, 100) if size <= most):
        sorts = (("documents of 40 kB", 0.04, 0), ("the same in lines of 90", 0.04, 90), ("one document", mb, 0))
        for stage, size, wide in sorts:
            spent, read = 0.0, 0
            for text in documents_like(texts, mb, size=size, wide=wide):
                spent += min(seconds(text) for _ in range(3 if mb == 1 else 1))
                read += len(text.encode())
            found.append({
                "stage": f"segmentation, {stage}", "mb": read / 1e6, "seconds": spent,
                "mb_per_second": read / 1e6 / spent, "limit": 1.0,
            })  # fmt: skip
    return found


def main(most: float = 10) -> None:
    """Print the speed on the corpus and the growth on the corpus and on hostile input."""
    for row in rows(most):
        print(f"{row['stage']:<40} {row['mb']:>6.1f} MB {row['seconds']:>7.2f} s {row['mb_per_second']:>6.2f} MB/s")
    documents = [path.read_bytes().decode("utf-8") for path in sorted(RAW.glob("*.txt"))]
    print(f"{'text':<20} {'MB':>6} {'seconds':>8} {'MB/s':>6} {'doubled':>8}")
    one, two = ("\n\n".join(documents * copies) for copies in (10, 20))
    corpus = [("corpus x 20", one, two)]
    sizes = {piece: SHORT if piece.strip() and piece.endswith(("\n", "\f")) else SIZE for piece in HOSTILE.values()}
    counts = {piece: size // len(piece) for piece, size in sizes.items()}
    hostile = [(name, piece * (counts[piece] // 2), piece * counts[piece]) for name, piece in HOSTILE.items()]
    worst = 0.0
    for name, half, whole in corpus + hostile:
        first, second = seconds(half), seconds(whole)
        # Below a tenth of a second the clock says little about growth.
        ratio = second / first if first > 0.1 else float("nan")
        worst = max(worst, ratio if ratio == ratio else 0.0)
        size = len(whole) / 1e6
        print(f"{name:<20} {size:>6.2f} {second:>8.2f} {size / max(second, 1e-3):>6.2f} {ratio:>8.2f}")
        sys.stdout.flush()
    print(f"largest ratio of doubled input: {worst:.2f}")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))

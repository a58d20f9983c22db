"""A corpus of made documents, from the paragraphs of the five, for what needs many documents and little text."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from wsis_nlp import open_study


@cache
def paragraphs() -> list[str]:
    return [text for text in open_study().body["text"] if len(text) < 600]


def document_text(number: int, *, size: int = 5_000, seed: int = 1) -> str:
    """Numbered paragraphs of a document, under two headings."""
    draw, parts, length = random.Random(seed * 100_000 + number), [f"Outcome number {number}"], 0
    while length < size:
        text = draw.choice(paragraphs())
        parts.append(f"{len(parts)}. {text}")
        length += len(text)
        if length > size // 2 and not any(part == "Follow-up" for part in parts):
            parts.append("Follow-up")
    return "\n\n".join(parts) + "\n"


def made_corpus(folder: Path, documents: int = 12, *, size: int = 5_000, seed: int = 1) -> Path:
    """Write documents ``text-1.txt`` and so on into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, documents + 1):
        (folder / f"text-{number}.txt").write_text(document_text(number, size=size, seed=seed), "utf-8")
    return folder

"""A corpus of two documents whose text, headings, titles, symbols, labels and file names are hostile."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from wsis_nlp.encodings import CONTROL

CASES = Path(__file__).parent / "cases" / "hostile.json"
STRINGS = [case["text"] for case in json.loads(CASES.read_text("utf-8"))["strings"]]
FIELDS = {"body": "Assembly", "stage": "draft", "series": "", "language": "en", "source": "", "rights": ""}
FILES = {"first": "<img src=x onerror=window.__ran=1> $x$.txt", "second": "[a](b) {{7*7}} \u202etxt.txt"}


def quoted(text: str) -> str:
    """A string of TOML."""
    plain = set(map(chr, range(32, 127))) - set('"\\')
    return '"' + "".join(sign if sign in plain else f"\\U{ord(sign):08x}" for sign in text) + '"'


def readable(text: str) -> str:
    """What a text file may hold of a string: all but the controls for which it is refused."""
    return CONTROL.sub("", text)


def document_text(verb: str) -> str:
    """A document whose sections have hostile headings, and whose paragraphs have hostile words among others."""
    parts = [f"The two rooms of the society, {verb}"]
    for number, text in enumerate(map(readable, STRINGS), 1):
        if number % 8 == 1:
            parts.append(f"{'ABCDE'[number // 8]}. Of rooms and {text.splitlines()[0][:60]}")
        words = f"artificial intelligence, data governance and {text} for rooms of the digital society"
        parts.append(f"{number}. We {verb} {words}, and call upon all states to open the halls number {number}.")
    return "\n\n".join(parts) + "\n"


def hostile_corpus(folder: Path) -> Path:
    """Write the corpus into a folder."""
    half, entries = len(STRINGS) // 2, []
    titles = {"first": " ".join(STRINGS[:half]), "second": " ".join(STRINGS[half:])}
    for year, (doc_id, verb) in enumerate((("first", "welcome"), ("second", "recall and welcome")), 2020):
        data = document_text(verb).encode()
        (folder / FILES[doc_id]).write_bytes(data)
        told = {"id": doc_id, "title": titles[doc_id], "symbol": STRINGS[year - 2020], "date": str(year),
                "file": FILES[doc_id], "sha256": hashlib.sha256(data).hexdigest()} | FIELDS  # fmt: skip
        entries.append("[[document]]\n" + "".join(f"{name} = {quoted(value)}\n" for name, value in told.items()))
    (folder / "corpus.toml").write_text("\n".join(entries), "utf-8")
    forms = ("artificial intelligence", "data governance", "digital society", "halls", "rooms", "states")
    concepts = [
        f'[[concept]]\nid = "c{n}"\nlabel = {quoted(text)}\nforms = ["{form}"]\n'
        for n, (form, text) in enumerate(zip(forms, (STRINGS[0], STRINGS[5], STRINGS[11], *STRINGS[1:4]), strict=True))
    ]
    (folder / "lexicon.toml").write_text("\n".join(concepts), "utf-8")
    return folder

"""What readers, segmentation and registry promise of any bytes, as functions that tests and `bench/fuzz.py` share.

A target takes bytes and ends in one of three ways: it accepts them, and what it makes of them keeps the laws; it
refuses them with an `InputError` of one printable line; or there is a fault, which is any other end. That memory ends
must be foreseen. That parts stand in one another too deeply need not be: depth costs little until Python's own bound
is met, and the readers tell that as a refusal.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import traceback
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from wsis_nlp import InputError, load_corpus
from wsis_nlp.encodings import read_text
from wsis_nlp.formats import docx, html, pdf
from wsis_nlp.paragraphs import paragraph_ids
from wsis_nlp.readers import RawText
from wsis_nlp.segmentation import Unit
from wsis_nlp.showing import visible
from wsis_nlp.tracked import document_units

TEXT = "1. We note the Internet Governance Forum.\n\n2. We welcome data governance.\n"
OUT_OF_MEMORY = re.compile("MemoryError|out of memory|allocate", re.IGNORECASE)
"""What a refusal must not say: the end of memory was met, not foreseen."""


class Broken(AssertionError):
    """A law that does not hold."""


class Outcome(NamedTuple):
    """How a target ended: ``accepted``, ``refused`` with its message, or ``fault`` with its sort and traceback."""

    end: str
    told: str = ""
    trace: str = ""


def hold(law: bool, name: str) -> None:
    """Raise the name of a law that does not hold."""
    if not law:
        raise Broken(name)


def check_raw(raw: RawText) -> None:
    """Regions and edits stand in order, apart and inside the text."""
    for spans in (raw.regions, raw.edits):
        for before, after in pairwise(spans):
            hold(before.end <= after.start, "regions or edits overlap")
        for span in spans:
            hold(0 <= span.start < span.end <= len(raw.text), "a region or an edit leaves the text")
    hold(any(map(str.isalnum, raw.text)), "an accepted text has no word")
    hold(not re.search("[\ud800-\udfff]", raw.text), "an accepted text has half a surrogate pair")


def check_units(text: str, units: list[Unit]) -> None:
    """Offsets give back the text; units are in order and apart, cover what is visible, and have their own names."""
    taken = bytearray(len(text))
    for number, unit in enumerate(units, 1):
        hold(unit.order == number and bool(unit.spans), "units are numbered and stand somewhere")
        hold(all(a < b for a, b in pairwise(end for span in unit.spans for end in span)), "spans are in order")
        hold(len(unit.offsets) == len(unit.text), "each character has an offset")
        for start, end in unit.spans:
            hold(0 <= start < end <= len(text) and not any(taken[start:end]), "spans are apart")
            taken[start:end] = b"\1" * (end - start)
        places = unit.offsets.tolist()
        hold(all(a < b for a, b in pairwise(places)), "offsets rise")
        same = all(sign in (text[at], " ") for at, sign in zip(places, unit.text, strict=True))
        hold(same, "offsets give back the text")
    hold(all(mark or sign.isspace() for mark, sign in zip(taken, text, strict=True)), "what is visible is in a unit")
    hold([unit.spans[0] for unit in units] == sorted(unit.spans[0] for unit in units), "units are in order")
    names = paragraph_ids("a", units)
    hold(len(set(names)) == len(names), "names of units are their own")


def check_document(raw: RawText) -> None:
    """The laws of a raw text and of its units."""
    check_raw(raw)
    check_units(raw.text, document_units(raw))


def segmentation(data: bytes) -> None:
    """A text file, read and parted into units."""
    text, encoding = read_text(data, where="a.txt")
    check_document(RawText(text, encoding=encoding))


def registry(data: bytes) -> None:
    """A corpus with this registry; what it holds is read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "raw").mkdir()
        (folder / "raw" / "a.txt").write_text(TEXT, "utf-8", newline="")
        (folder / "corpus.toml").write_bytes(data)
        corpus = load_corpus(folder)
        hold(len({document.id for document in corpus}) == len(corpus.documents) > 0, "ids are unique")
        for document in corpus:
            hold(folder.resolve() in document.file.parents, "documents lie in the folder")
            if document.file.name == "a.txt":
                hold(document.read().text == TEXT, "the document is read as it is")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "pdf": lambda data: check_document(pdf.read(data, where="a.pdf")),
    "docx": lambda data: check_document(docx.read(data, where="a.docx")),
    "html": lambda data: check_document(html.read(data, where="a.html")),
    "segmentation": segmentation,
    "registry": registry,
}


def outcome(target: str, data: bytes) -> Outcome:
    """Run a target on bytes and tell how it ended."""
    try:
        TARGETS[target](data)
    except InputError as refusal:
        told = str(refusal)
        if visible(told) != told or not told.strip() or re.search(r"[\t\n]", told):
            return Outcome("fault", "a refusal is not one printable line", repr(told))
        if OUT_OF_MEMORY.search(told):
            return Outcome("fault", "memory ran out", told)
        return Outcome("refused", told)
    except Broken as broken:
        return Outcome("fault", str(broken), traceback.format_exc())
    except BaseException as fault:
        last = traceback.extract_tb(fault.__traceback__)[-1]
        sort = f"{type(fault).__name__} in {Path(last.filename).name}, {last.name}"
        return Outcome("fault", sort, traceback.format_exc())
    return Outcome("accepted")


def message_class(told: str) -> str:
    """A refusal without what differs from input to input: quoted words, numbers, and places."""
    told = re.sub(r"/tmp/[\w/]*|(?P<quote>['\"]).*?(?P=quote)|\(.*\)", "…", told)
    return re.sub(r"\d[\d,]*", "N", told)[:110]


def sha256(text: str) -> str:
    """Hash of a text as a registry tells it."""
    return hashlib.sha256(text.encode()).hexdigest()

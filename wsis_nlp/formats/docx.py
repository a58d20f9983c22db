"""Word files (.docx): what they print, with the tracked changes as edits."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

from wsis_nlp._checks import InputError
from wsis_nlp.formats.docx_numbering import Numbering, Styles
from wsis_nlp.formats.docx_parts import Package, child, local, on, value
from wsis_nlp.formats.printing import RAISED, Printer, Run
from wsis_nlp.readers import RawText, Region, RegionKind

SPACE = re.compile(r"[\t\n\r]")
SIGNS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
NOTES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
DELETED = {"del", "moveFrom", "cellDel"}
INSERTED = {"ins", "moveTo", "cellIns"}
APART = {"tbl", "tr", "tc"}
UNPRINTED = {"pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "sdtPr", "instrText", "delInstrText"}


def read(data: bytes, *, where: str) -> RawText:
    """Raw text of a Word file; an `InputError`, in which ``where`` names it, if it cannot be read or has no word.

    The text holds what was inserted and what was deleted, in the order of the file, and the edits give the new reading
    (all changes accepted) and the old one (all rejected). Its paragraphs are those of the new reading, and each that is
    deleted as a whole; where the mark between two was deleted, a blank of the old reading stands for it, and where one
    was inserted, the old reading is parted too. Automatic numbers are those of the new reading.
    """
    try:
        return Story(Package(data, where)).tell()
    except RecursionError:  # depth is met, not foreseen
        raise InputError(f"{where}: is nested more deeply than any Word file") from None


class Aside(NamedTuple):
    """What is printed behind the paragraph that refers to it: a note with its mark, or a box of text."""

    parts: Any
    kind: RegionKind | None
    mark: str
    new: bool
    old: bool


class Story:
    """Walks through a document in order and prints it."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.related = package.related(package.main)
        single = ("styles", "numbering", "footnotes", "endnotes")
        roots = {sort: package.part(name) for sort, name in self.related.values() if sort in single}
        styles, numbering, *notes = (roots.get(sort, ()) for sort in single)
        self.styles = Styles(styles)
        self.numbering = Numbering(numbering, self.styles)
        self.notes = {(local(note), value(note, "id")): note for root in notes for note in root}
        self.counts: Counter[tuple[str, bool]] = Counter()
        self.printer = Printer()
        self.asides: list[Aside] = []
        self.kind: RegionKind | None = None
        self.title, self.raised, self.beside = False, False, False
        self.codes: list[bool] = []  # of the open fields, which still print their code
        self.mark = ""
        self.number: Run | None = None

    def tell(self) -> RawText:
        """Print the headers, the text with its notes, and the footers."""
        document = self.package.part(self.package.main)
        self.pages(document, "header")
        self.walk(document, True, True)
        self.close()
        self.pages(document, "footer")
        return self.printer.raw_text(where=self.package.where)

    def pages(self, document: Any, sort: str) -> None:
        """Print what stands at the head or foot of pages, each form of it once."""
        links = [value(link, "id") for link in document.iter(f"{{*}}{sort}Reference")]
        self.kind = "furniture"
        for name in dict.fromkeys(self.related[link][1] for link in links if link in self.related):
            self.walk(self.package.part(name), True, True)
            self.close()
        self.kind = None

    def walk(self, node: Any, new: bool, old: bool) -> None:
        """Print an element; `new` and `old` say which readings have it."""
        tag = local(node)
        changes = {local(mark) for mark in child(node, f"{tag}Pr")} if tag in ("tr", "tc") else {tag}
        new, old = new and not changes & DELETED, old and not changes & INSERTED
        if tag == "p":
            self.paragraph(node, new, old)
        elif tag == "txbxContent":
            self.asides.append(Aside(node, self.kind, "", new, old))
        elif tag in NOTES:
            self.refer(node, NOTES[tag], new, old)
        elif tag not in UNPRINTED and not (tag == "r" and on(child(node, "rPr", "vanish"))):
            if tag in APART:
                self.close()
            self.sign(node, tag, new, old)
            for part in chosen(node) if tag == "AlternateContent" else node:
                self.walk(part, new, old)
            if tag in APART:
                self.close()

    def sign(self, node: Any, tag: str, new: bool, old: bool) -> None:
        """Print what an element itself stands for, but in the code of a field, of which only the result is printed."""
        text = SIGNS.get(tag, "")
        if tag == "fldChar":
            step = value(node, "fldCharType")
            if step == "begin":
                self.codes.append(True)
            elif self.codes:
                self.codes[-1:] = [False] if step == "separate" else []
        elif tag == "r":
            self.raised = value(child(node, "rPr", "vertAlign")) == "superscript"
        elif tag in ("t", "delText"):
            text = SPACE.sub(" ", node.text or "")
            text = text if value(node, "space") == "preserve" else text.strip(" ")
            text = text.translate(RAISED) if self.raised else text
        elif tag == "br":
            text = "\f" if value(node, "type") == "page" else "\n"
        elif tag == "sym" and re.fullmatch(r"(?!00[01]|[dD][89a-fA-F])[\da-fA-F]{4}", value(node, "char")):
            text = chr(int(value(node, "char"), 16))
        if text and not any(self.codes):
            self.printer.runs.append(Run(text, new, old))

    def paragraph(self, node: Any, new: bool, old: bool) -> None:
        """Print a paragraph; one whose mark was deleted goes on in the next, unless all of it was deleted."""
        earlier, self.codes = self.printer.runs, []
        before = len(earlier)
        properties = child(node, "pPr")
        marks = {local(mark) for mark in child(properties, "rPr")}
        kept, kept_before = new and not marks & DELETED, old and not marks & INSERTED
        for part in node:
            self.walk(part, new, old)
        before = before if self.printer.runs is earlier else 0  # a table inside it ends what was printed
        own = self.printer.runs[before:]
        words = [run for run in own if run.text.strip()]
        fresh = any(run.new for run in words)
        if before and kept and not fresh and self.printer.runs[before - 1].old:
            del self.printer.runs[before:]
            self.close()
            self.printer.runs = own
        elif not any(run.new for run in self.printer.runs[:before]):
            self.title = self.styles.heading(properties)
            number = self.mark or (self.numbering.next(properties) if kept or fresh else "")
            had = any(run.old for run in words) if words else kept_before
            self.number = Run(number, new, old if self.mark else had) if number else None
            self.mark = ""
        held = [run for run in self.printer.runs if run.text.strip()]
        apart = kept_before or not any(run.old for run in held)
        if kept or (apart and not any(run.new for run in held)):
            self.close()
        else:
            self.printer.runs.append(Run(" ", False, kept_before))

    def refer(self, node: Any, sort: str, new: bool, old: bool) -> None:
        """Print the mark of a note and set its text aside."""
        parts = self.notes.pop((sort, value(node, "id")), ())
        if value(node, "customMarkFollows") in ("1", "true", "on"):
            follows = "".join(part.text or "" for part in node.itersiblings("{*}t")).strip()
            text = "".join("".join(part.itertext()) for part in parts).strip()
            mark = "" if text.startswith(follows) else follows
        else:
            self.counts.update([(sort, reading) for reading, has in ((True, new), (False, old)) if has])
            mark = str(self.counts[sort, new] or 1)
            self.printer.runs.append(Run(mark.translate(RAISED), new, old))
        if len(parts):
            self.asides.append(Aside(parts, "footnote", mark, new, old))

    def close(self) -> None:
        """End the open paragraph, then print what was set aside."""
        self.printer.end(self.kind or ("heading" if self.title else None), number=self.number)
        self.number, self.title = None, False
        if self.beside:  # what is set aside inside an aside waits behind it
            return
        kind, self.beside = self.kind, True
        while self.asides:
            aside = self.asides.pop(0)
            first = len(self.printer.regions)
            self.kind, self.mark = aside.kind, aside.mark
            for part in aside.parts:
                self.walk(part, aside.new, aside.old)
            self.close()
            if aside.kind == "footnote" and (regions := self.printer.regions[first:]):
                self.printer.regions[first:] = [Region(regions[0].start, regions[-1].end, "footnote")]
        self.kind, self.mark, self.beside = kind, "", False


def chosen(node: Any) -> Any:
    """Of the forms that a file offers for one thing the first."""
    return next(([form] for form in node if local(form) == "Choice"), node)

"""Web pages (.html, .htm): what a browser shows, with what belongs to the page and not to the text set apart."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from lxml import etree

from wsis_nlp._checks import InputError
from wsis_nlp.encodings import CONTROL
from wsis_nlp.formats.printing import RAISED, Printer, Run, numeral
from wsis_nlp.readers import RawText, RegionKind

MOST_BYTES = 1 << 26
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li",
    "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
UNSHOWN = {
    "audio", "canvas", "datalist", "desc", "head", "iframe", "noscript", "rp", "script", "style", "template", "title",
    "video",
}  # fmt: skip
FURNITURE = {"aside", "button", "footer", "nav", "search", "select", "textarea"}
ROLES = {"banner", "complementary", "contentinfo", "navigation", "search"}
CHARSET = re.compile(rb"<meta\b[^>]{0,500}?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
BREAK = re.compile(r"\r\n?|[\v\f\x1c-\x1f]")
SPACE = re.compile(r"[ \t\n\r\f]+")
GONE = re.compile(r"\bdisplay\s*:\s*none\b", re.IGNORECASE)
LIST_STYLE = re.compile(
    r"\blist-style(?:-type)?\s*:[^;]{0,300}?\b(none|(?:low|upp)er-(?:alpha|latin|roman)|decimal)\b", re.IGNORECASE
)
STYLES = {
    "none": "",
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
}
STYLES |= {"upper-roman": "I", "decimal": "1"}


def read(data: bytes, *, where: str) -> RawText:
    """Raw text of a web page; an `InputError`, in which ``where`` names it, if it cannot be read or shows no word.

    What a page deletes (``del``, ``s``) or inserts (``ins``) is an edit. Furniture are navigation, forms, the head and
    foot of the page and, where the page says which its main part is, all that stands outside that; where it does not,
    also lists of nothing but links. The encoding is that of the byte order mark, else that declared, else UTF-8, else
    Windows-1252.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"{where}: has more than {MOST_BYTES >> 20} MiB; at most that much is read of a web page")
    # a saved page holds its images and scripts, of any length
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    text, encoding = decode(data, where=where)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    try:
        if parser.error_log.filter_from_fatals():  # of the parser, which gives up at 2,048 elements in one another
            raise RecursionError
        raw = Page(etree.Element("html") if root is None else root).printer.raw_text(where=where)
    except RecursionError:
        raise InputError(f"{where}: cannot be read as HTML (it is nested more deeply than any web page)") from None
    return replace(raw, encoding=encoding)


def decode(data: bytes, *, where: str) -> tuple[str, str]:
    """Text of a page, and its encoding; an `InputError` where that is unknown or the bytes are no text in it."""
    declared = CHARSET.search(data[:4096])
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    name = marked or (declared[1].decode("ascii", "replace").lower() if declared else "utf-8")
    try:
        known = codecs.lookup(name).name
        if not marked and known.startswith(("utf-16", "utf-32")):  # what declares it in ASCII is not written in it
            known = "utf-8"
        known = "cp1252" if known in ("iso8859-1", "ascii") else known
        text = data.decode(known)
    except LookupError:
        raise InputError(f"{where}: declares the encoding {name!r}; allowed are those that Python knows") from None
    except UnicodeError as fault:
        if declared or marked:
            raise InputError(f"{where}: is not text in {name}, which it declares ({fault})") from None
        known, text = "cp1252", data.decode("cp1252", "replace")
    if stray := CONTROL.search(text):
        raise InputError(f"{where}: is no web page (control character {stray.group()!r} at offset {stray.start()})")
    if known == "utf-16":
        known = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    return BREAK.sub("\n", text), known


class State(NamedTuple):
    """What an element hands on to those in it."""

    new: bool = True
    old: bool = True
    furniture: bool = False
    heading: bool = False
    kept: bool = False  # white space is
    raised: bool = False


@dataclass
class List:
    """A list, the number of its next entry, and how entries are marked."""

    style: str
    next: int = 1
    step: int = 1


def list_of(node: Any) -> List:
    """The list that an element opens."""
    found = LIST_STYLE.search(node.get("style", ""))
    if node.tag != "ol":
        return List("" if found and found[1].lower() == "none" else "•")
    told = node.get("type", "1")
    style = STYLES[found[1].lower()] if found else told if told in STYLES.values() and told else "1"
    backward = "reversed" in node.attrib
    entries = sum(entry.tag == "li" for entry in node)
    return List(style, whole(node.get("start"), entries if backward else 1), -1 if backward else 1)


def whole(text: str | None, default: int) -> int:
    """A whole number that an attribute spells; the default where it spells none."""
    return int(text) if text and re.fullmatch(r"\s*[-+]?\d{1,9}\s*", text) else default


def size(nodes: Any) -> int:
    """How many characters that are not white space stand in elements."""
    return sum(len("".join("".join(node.itertext()).split())) for node in nodes)


class Page:
    """A page, printed as it is walked through in order."""

    def __init__(self, root: Any) -> None:
        self.printer = Printer()
        self.lists: list[List] = []
        self.mark: Run | None = None  # of an entry of which nothing was printed yet
        self.size = size([root])
        mains = [node for node in root.iter() if (node.tag == "main" or node.get("role") == "main") and size([node])]
        self.mains = set(mains or root.iter("article"))
        self.walk(root, State())

    def walk(self, node: Any, state: State) -> None:
        """Print an element and what stands in it."""
        tag, outer = node.tag, state
        if tag in UNSHOWN or hidden(node):
            return
        state = self.inside(node, state)
        block = tag in BLOCKS or state.furniture != outer.furniture
        if tag == "br":
            self.printer.runs.append(Run("\n", state.new, state.old))
        if block:
            self.end(outer)
        if tag in ("ol", "ul", "menu"):
            self.lists.append(list_of(node))
        elif tag == "li":
            self.enter(node, state)
        self.write(node.text, state)
        for part in node:
            self.walk(part, state)
            self.write(part.tail, state)
        if block:
            self.end(state, last=tag == "li")
        if tag in ("ol", "ul", "menu"):
            self.lists.pop()

    def inside(self, node: Any, state: State) -> State:
        """State of what stands in an element."""
        tag = node.tag
        furniture = node not in self.mains and (state.furniture or self.is_furniture(node))
        return State(
            new=state.new and tag not in ("del", "s", "strike"),
            old=state.old and tag != "ins",
            furniture=furniture or (tag == "body" and bool(self.mains)),
            heading=state.heading or tag in HEADINGS,
            kept=state.kept or tag in ("pre", "textarea"),
            raised=(state.raised or tag == "sup") and tag not in BLOCKS,
        )

    def is_furniture(self, node: Any) -> bool:
        """Whether an element belongs to the page and not to its text."""
        tag = node.tag
        if tag in FURNITURE or node.get("role") in ROLES:
            return True
        if tag == "form":  # one that holds most of the page only frames it
            return 2 * size([node]) < self.size
        if self.mains:
            return False
        if tag == "header":
            return next(node.iterancestors("section"), None) is None
        links = tag in ("ol", "ul") and sum(entry.tag == "li" for entry in node) > 1
        return links and 10 * size(node.iter("a")) >= 9 * size([node]) > 0

    def enter(self, node: Any, state: State) -> None:
        """Begin an entry of a list with the mark that a browser shows before it."""
        own = self.lists[-1] if self.lists else List("•")
        own.next = whole(node.get("value"), own.next)
        mark = own.style if own.style in ("", "•") else f"{numeral(own.next, own.style)}."
        own.next += own.step
        before = f"{self.mark.text} " if self.mark else ""
        self.mark = Run(before + mark, state.new, state.old) if before + mark else None

    def write(self, text: str | None, state: State) -> None:
        """Print characters, white space folded."""
        if text and not state.kept:
            runs = self.printer.runs
            text = SPACE.sub(" ", text)
            text = text.lstrip(" ") if not runs or runs[-1].text[-1] in " \n" else text
        if text:
            text = text.translate(RAISED) if state.raised and not re.search(r"[^\d\s,;*]", text) else text
            self.printer.runs.append(Run(text, state.new, state.old))

    def end(self, state: State, *, last: bool = False) -> None:
        """End the open paragraph; the number of an empty entry is printed with the `last` of it."""
        shown = any(run.text.strip() for run in self.printer.runs)
        if shown or (last and self.mark and self.mark.text != "•"):
            kind: RegionKind | None = "furniture" if state.furniture else "heading" if state.heading else None
            self.printer.end(kind, number=self.mark)
        if shown or last:
            self.mark = None
        self.printer.runs.clear()


def hidden(node: Any) -> bool:
    """Whether an element is not shown."""
    closed = node.tag == "dialog" and "open" not in node.attrib
    return closed or node.get("hidden", "until-found") != "until-found" or bool(GONE.search(node.get("style", "")))

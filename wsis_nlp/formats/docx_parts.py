"""The parts of a Word file, and their elements by name, whichever of its two namespaces the file uses."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import Any

from lxml import etree

from wsis_nlp._checks import InputError

MAIN = "word/document.xml"
LIMIT = 100 * 2**20
MOST_ELEMENTS = 500_000
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def local(node: Any) -> str:
    """Name of an element without its namespace, of which there are two sorts."""
    return str(node.tag).rpartition("}")[2]


def child(node: Any, *path: str) -> Any:
    """First child of an element by the names on a path; an empty tuple where there is none."""
    for step in path:
        node = next((inner for inner in node if local(inner) == step), ())
    return node


def value(node: Any, name: str = "val") -> str:
    """Attribute of an element by its name without namespace; an empty text where it has none."""
    if node == ():
        return ""
    return next((str(text) for key, text in node.attrib.items() if key.rpartition("}")[2] == name), "")


def on(switch: Any) -> bool:
    """Whether a property stands and is not switched off."""
    return switch != () and value(switch) not in ("0", "false", "off")


def whole(text: str, default: int) -> int:
    """A whole number that a text spells; the default where it spells none."""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else default


def plain(fault: Exception) -> str:
    """What a fault says, in one line."""
    return " ".join(str(fault).split()) or type(fault).__name__


class Package:
    """The parts of a Word file, each parsed when it is asked for."""

    def __init__(self, data: bytes, where: str) -> None:
        self.where = where
        self.left, self.elements = LIMIT, 0
        if data.startswith(OLE):
            locked = "EncryptedPackage".encode("utf-16-le") in data
            told = "is locked by a password" if locked else "is an old Word file (.doc)"
            raise InputError(f"{where}: {told}; allowed is .docx without a password")
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except Exception as fault:  # zipfile lets through whatever spoilt bytes make it stumble over
            raise InputError(f"{where}: is no Word file (.docx): {plain(fault)}") from None
        self.main = next((name for kind, name in self.related("").values() if kind == "officeDocument"), MAIN)
        if self.main not in self.archive.namelist():
            raise InputError(f"{where}: is no Word file (.docx): it has no {MAIN}")

    def part(self, name: str) -> Any:
        """Root element of a part; an empty one where the file has no such part."""
        if name not in self.archive.namelist():
            return etree.Element("none")
        try:
            with self.archive.open(name) as file:
                data = file.read(self.left + 1)
        except Exception as fault:  # here too, and what each sort of packing raises
            raise InputError(f"{self.where}: {name} cannot be unpacked ({plain(fault)})") from None
        self.left -= len(data)
        if self.left < 0:
            raise InputError(f"{self.where}: holds more than {LIMIT // 2**20} MB of text; that much is read at most")
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as fault:
            if "XML_PARSE_HUGE" in str(fault):  # advice on the parser, which is of no use to a reader
                raise InputError(f"{self.where}: {name} is nested or long beyond any Word file") from None
            raise InputError(f"{self.where}: {name} is not XML ({plain(fault)})") from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise InputError(f"{self.where}: {name} declares a document type; a Word file has none")
        self.elements += sum(1 for _ in root.iter())
        if self.elements > MOST_ELEMENTS:
            raise InputError(f"{self.where}: holds more than {MOST_ELEMENTS:,} elements; that many are read at most")
        return root

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Parts to which a part refers: by id, the sort of each and its name."""
        folder, file = posixpath.split(name)
        links = self.part(posixpath.join(folder, "_rels", f"{file}.rels"))
        return {
            value(link, "Id"): (
                value(link, "Type").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, value(link, "Target"))).lstrip("/"),
            )
            for link in links
        }

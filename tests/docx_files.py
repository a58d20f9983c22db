"""Word files for tests, from short descriptions.

A run is a text, or a list of a change (``ins``, ``del``, ``moveFrom``, ``moveTo``, or two as ``ins del``) and a text;
XML stands for itself. A paragraph is a list of runs, or a table with ``runs`` and, where it has them, ``mark`` (the
change of its mark), ``style``, and ``list`` (number of a list and depth).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": NAMESPACE,
        "r": RELATIONS,
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    }.items()
)


def run_xml(run: Any) -> str:
    if isinstance(run, str) and run.startswith("<"):
        return run
    changes, text = ("", run) if isinstance(run, str) else run
    inner = text
    if not text.startswith("<"):
        tag = "delText" if "del" in changes.split() else "t"
        inner = f'<w:r><w:{tag} xml:space="preserve">{escape(text)}</w:{tag}></w:r>'
    for change in reversed(changes.split()):
        inner = f'<w:{change} w:id="9" w:author="A reader">{inner}</w:{change}>'
    return inner


def paragraph_xml(paragraph: Any) -> str:
    if isinstance(paragraph, str):
        return paragraph if paragraph.startswith("<") else paragraph_xml([paragraph])
    about = paragraph if isinstance(paragraph, dict) else {"runs": paragraph}
    properties = f'<w:pStyle w:val="{about["style"]}"/>' if "style" in about else ""
    if "list" in about:
        number, depth = about["list"]
        properties += f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    marks = "".join(f'<w:{mark} w:id="8" w:author="A reader"/>' for mark in about.get("mark", "").split())
    properties += f"<w:rPr>{marks}</w:rPr>"
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(map(run_xml, about['runs']))}</w:p>"


def list_xml(number: int, levels: Sequence[Sequence[Any]]) -> str:
    """A list whose levels are each a style, a text, and if need be XML of more."""
    shown = "".join(
        f'<w:lvl w:ilvl="{depth}">{"".join(more)}<w:start w:val="1"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (style, text, *more) in enumerate(levels)
    )
    return f'<w:abstractNum w:abstractNumId="{number}">{shown}</w:abstractNum>'


def parts_of(about: Mapping[str, Any]) -> dict[str, str]:
    """Parts of the file that a description makes, by name."""
    sections = "".join(
        f'<w:{sort}Reference w:type="default" r:id="{sort}{n}"/>'
        for sort in ("header", "footer")
        for n in range(len(about.get(f"{sort}s", [])))
    )
    body = "".join(map(paragraph_xml, about["body"]))
    parts = {"document": f"<w:document {SPACES}><w:body>{body}<w:sectPr>{sections}</w:sectPr></w:body></w:document>"}
    for sort in ("footnote", "endnote"):
        if notes := about.get(f"{sort}s"):
            inner = "".join(
                f'<w:{sort} w:id="{name}">{"".join(map(paragraph_xml, note))}</w:{sort}>'
                for name, note in notes.items()
            )
            parts[f"{sort}s"] = f"<w:{sort}s {SPACES}>{inner}</w:{sort}s>"
    for sort in ("header", "footer"):
        for n, content in enumerate(about.get(f"{sort}s", [])):
            parts[f"{sort}{n}"] = f"<w:hdr {SPACES}>{''.join(map(paragraph_xml, content))}</w:hdr>"
    if lists := about.get("lists"):
        families = "".join(list_xml(n, levels) for n, levels in enumerate(lists))
        own = "".join(f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(len(lists)))
        parts["numbering"] = f"<w:numbering {SPACES}>{families}{own}{about.get('numbering', '')}</w:numbering>"
    if "styles" in about:
        parts["styles"] = f"<w:styles {SPACES}>{about['styles']}</w:styles>"
    return {f"word/{name}.xml": text for name, text in parts.items()}


def relations_xml(links: Mapping[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{sort}" Target="{target}"/>'
        for name, (sort, target) in links.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def docx_file(about: Mapping[str, Any], *, strict: bool = False, **replaced: str | bytes) -> bytes:
    """Bytes of the file that a description makes; a part can be replaced by other bytes, as ``document=...``."""
    parts: dict[str, str | bytes] = {**parts_of(about)}
    names = [name.removeprefix("word/").removesuffix(".xml") for name in parts]
    links = {name: (name.rstrip("0123456789"), f"{name}.xml") for name in names if name != "document"}
    parts["_rels/.rels"] = relations_xml({"main": ("officeDocument", "word/document.xml")})
    parts["word/_rels/document.xml.rels"] = relations_xml(links)
    for name, content in replaced.items():
        parts[f"word/{name}.xml"] = content
    if strict:
        parts = {name: text.replace(NAMESPACE, STRICT) for name, text in parts.items() if isinstance(text, str)}
    return zipped(parts)

"""Files that are not what they seem, for the cases of bad inputs: by name, since a case cannot hold them as text."""

from __future__ import annotations

import base64
import codecs
import contextlib
import json
import os
import random
import socket
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat
from docx_files import docx_file, zipped
from pdf_files import make_pdf

from wsis_nlp.formats.docx_parts import LIMIT

TEXT = "1. We welcome the ponds of data governance.\n\n2. We note the lakes and artificial intelligence.\n"
ENTRY = {
    "id": "first", "title": "A note", "symbol": "", "body": "", "date": "2036-05", "stage": "draft", "series": "",
    "language": "en", "file": "raw/first.txt", "sha256": sha256(TEXT.encode()).hexdigest(), "source": "", "rights": "",
}  # fmt: skip
PARAMETERS = "corpus = None\nout = None\nreading = 'new'\nkeep_going = False"
PAGE = [{"text": "1. We welcome the ponds. We note the lakes and the rivers of the land."}]
ENTITIES = "<!DOCTYPE d [<!ENTITY e0 'aaaaaaaaaa'>{}]><d>&e9;</d>".format(
    "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
)


def bomb() -> bytes:
    """A Word file whose text is just more blanks than are read, a thousandth of that packed."""
    return docx_file({"body": ["1. We welcome."]}, document=b" " * (LIMIT + 1))


def flagged_zip() -> bytes:
    """A ZIP archive that says it is encrypted."""
    data = bytearray(docx_file({"body": ["1. We welcome."]}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(sign, at + 4)
    return bytes(data)


def notebook(*sources: str) -> bytes:
    """A notebook with some cells behind one that takes parameters."""
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate((PARAMETERS, *sources))]
    cells[0].metadata["tags"] = ["parameters"]
    return nbformat.writes(nbformat.v4.new_notebook(metadata=kernel, cells=cells)).encode()


MADE: dict[str, Callable[[], bytes]] = {
    "pdf": lambda: make_pdf([PAGE]),
    "pdf without text layer": lambda: make_pdf([[], []], scan=True),
    "pdf with a password": lambda: make_pdf([PAGE], password="secret"),
    "pdf cut off": lambda: make_pdf([PAGE])[:300],
    "pdf head": lambda: b"%PDF-1.7\n",
    "rubbish": lambda: random.Random(0).randbytes(4000),
    "docx": lambda: docx_file({"body": ["1. We welcome the ponds."]}),
    "docx without document": lambda: zipped({"word/styles.xml": "<styles/>"}),
    "docx with broken xml": lambda: docx_file({"body": ["1. We welcome."]}, document="<w:document><w:body>"),
    "docx bomb": bomb,
    "docx with entities": lambda: docx_file({"body": ["1. We welcome."]}, document=ENTITIES),
    "docx nested": lambda: docx_file({"body": ["<w:tbl><w:tr><w:tc>" * 2000 + "</w:tc></w:tr></w:tbl>" * 2000]}),
    "docx cut off": lambda: docx_file({"body": ["1. We welcome the ponds."]})[:-40],
    "docx with a password": flagged_zip,
    "html nested": lambda: b"<div>" * 20000 + b"1. We welcome." + b"</div>" * 20000,
    "zip without entries": lambda: b"PK\x05\x06" + bytes(18),
    "notebook that fails": lambda: notebook("raise ValueError('two\\nlines')"),
    "notebook whose kernel dies": lambda: notebook("import os", "os._exit(1)"),
    "notebook that is refused": lambda: notebook("from wsis_nlp import open_study", "open_study('gone')"),
    "notebook of nothing": notebook,
}


def entries(given: list[Mapping[str, Any]]) -> str:
    """A registry: each entry is `ENTRY` with other values, or without those that are null."""
    told = ({**ENTRY, **one} for one in given)
    lines = (
        "\n".join(f"{name} = {json.dumps(value)}" for name, value in one.items() if value is not None) for one in told
    )
    return "".join(f"[[document]]\n{entry}\n" for entry in lines)


def put(path: Path, content: Any) -> None:
    """Make what a case tells: a text, or a table of one of ``encoded``, ``base64``, ``made``, ``entries`` and so on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_text(content, "utf-8", newline="")
        return
    ((sort, value),) = content.items()
    if sort == "folder":
        path.mkdir()
    elif sort == "link":
        path.symlink_to(value)
    elif sort == "pipe":
        os.mkfifo(path)
    elif sort == "socket":
        # the path of a socket is short
        with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    elif sort == "size":
        with path.open("wb") as stream:
            stream.truncate(value)
    else:
        path.write_bytes(data_of(sort, value))


def data_of(sort: str, value: Any) -> bytes:
    if sort == "encoded":
        return codecs.encode(value[0], value[1], *value[2:])
    if sort == "entries":
        return entries(value).encode()
    if sort == "long":
        return "".join(text * times for text, times in value).encode()
    return base64.b64decode(value) if sort == "base64" else MADE[value]()

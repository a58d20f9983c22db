"""The registry of a corpus, ``corpus.toml``, as text: begun, and changed by one entry or several.

A change is checked before it is handed on: comments and the order of the other entries stay as they are, and what is
read from the text afterwards is just what was asked for.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from wsis_nlp._checks import InputError
from wsis_nlp._files import write_atomic
from wsis_nlp.places import REGISTRY, check_no_store, packed_folder, projects_above

Entry = dict[str, str]
HEADER = re.compile(r"""^[ \t]*\[\[[ \t]*(?:document|"document"|'document')[ \t]*\]\]""", re.MULTILINE)
BY_HAND = "is not written as tables [[document]], one after another; change it by hand"
HEAD = """\
# The documents of a corpus. `wsis-nlp corpus add FILE` appends one, `wsis-nlp corpus remove ID` takes one out; all
# fields can be edited here. Every field is a string, and an empty string where something is not known:
#   id        names the document in tables and citations: lower case letters and digits, parted by hyphens
#   title     as printed
#   symbol    such as A/RES/78/132
#   body      who issued it, such as General Assembly
#   date      YYYY-MM-DD, YYYY-MM or YYYY; puts the documents in order
#   stage     draft, adopted, inputs (proposed text), fragment (absence from it proves nothing) or unstated
#   series    a name that successive texts of one process share: figures join only those
#   language  code of ISO 639-1, such as en
#   file      where it lies, from this folder
#   sha256    of the file's bytes: a file that has changed is refused
#   source    the file name under which it came
#   rights    whether it may be passed on
"""


def init_corpus(folder: str | Path) -> Path:
    """Begin a corpus: make a folder, where it is missing, with a ``corpus.toml`` that explains its fields.

    Returns the path of the registry. `InputError` where there is one already, the folder is a file, or it cannot be
    written to.
    """
    place = Path(folder)
    registry = place / REGISTRY
    if place.exists() and not place.is_dir():
        raise InputError(f"{place}: is a file; name a folder")
    if registry.exists() or registry.is_symlink():
        raise InputError(f"{registry}: is there already; add to it with: wsis-nlp corpus add FILE --corpus {place}")
    write_atomic(registry, HEAD.encode())
    return registry


def own_corpus(folder: str | Path | None = None) -> Path:
    """Folder of a registry to write to: that given, else the nearest ``corpus/`` from the working folder upward.

    `InputError` where there is none: the corpus that comes with the package is not written to.
    """
    project = next(projects_above(), None)
    if folder is None and project is None:
        raise InputError(
            "no corpus of your own is near; name one with --corpus DIR, or make one: wsis-nlp corpus init DIR"
        )
    place = project / "corpus" if folder is None and project else Path(folder or "")
    if place.resolve() == packed_folder().resolve() and packed_folder().name.startswith("_"):
        raise InputError(f"{place}: comes with the package and stays as it is; name a corpus with --corpus DIR")
    check_no_store(place)
    if not (place / REGISTRY).is_file():
        raise InputError(f"{place}: holds no {REGISTRY}; make one with: wsis-nlp corpus init {place}")
    return place


def with_entries(before: bytes, entries: Sequence[Entry], *, where: str) -> bytes:
    """A registry with more entries at its end; `InputError` where it is written so that none can follow."""
    text = before.decode("utf-8").rstrip()
    added = "\n\n".join("\n".join(["[[document]]", *map(_line, entry.items())]) for entry in entries)
    old = _entries(text)
    return _checked(f"{text}\n\n{added}\n", [*old, *entries], before, where)


def _line(field: tuple[str, str]) -> str:
    """A field as TOML, whose strings are those of JSON but for one sign."""
    name, value = field
    return f"{name} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")


def without_entry(before: bytes, at: int, *, where: str) -> bytes:
    """A registry without one of its entries and the comment right above that; other comments stay."""
    text = before.decode("utf-8")
    old = _entries(text)
    starts = [match.start() for match in HEADER.finditer(text)]
    if len(starts) != len(old):
        raise InputError(f"{where}: {BY_HAND}")
    end = [*starts, len(text)][at + 1]
    before_it, above = _parted(text[: starts[at]], old[:at])
    _, behind = _parted(text[starts[at] : end], [old[at]])
    own = len(above)
    while own and above[own - 1].lstrip().startswith("#"):
        own -= 1
    if own or before_it:  # a comment that opens the file is about all of it
        above = above[:own]
    kept = before_it + "".join(above) + "".join(behind).lstrip("\r\n") + text[end:]
    return _checked(kept, [*old[:at], *old[at + 1 :]], before, where)


def _parted(text: str, entries: Sequence[Entry]) -> tuple[str, list[str]]:
    """Text up to the end of its last value, and the lines of comments and blanks behind it."""
    lines = _lines(text)
    at = len(lines)
    while at and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
    # The last line of a string over several lines may look like a comment.
    while at < len(lines) and not _says("".join(lines[:at]), entries):
        at += 1
    return "".join(lines[:at]), lines[at:]


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _entries(text: str) -> list[Entry]:
    found: list[Entry] = tomllib.loads(text.removeprefix("\ufeff")).get("document", [])
    return found


def _checked(text: str, wanted: Sequence[Entry], before: bytes, where: str) -> bytes:
    """Bytes of a changed registry, with the line ends of the one before; `InputError` where it says anything else."""
    if before.count(b"\r\n") == before.count(b"\n") > 0:
        text = re.sub(r"\r?\n", "\r\n", text)
    if _says(text, wanted):
        return text.encode()
    raise InputError(f"{where}: {BY_HAND}")


def _says(text: str, entries: Sequence[Entry]) -> bool:
    try:
        return _entries(text) == list(entries)
    except tomllib.TOMLDecodeError:
        return False

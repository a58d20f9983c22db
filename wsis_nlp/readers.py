"""Bytes of a file to raw text, decoded and otherwise untouched, so that offsets into it are offsets into the file."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from wsis_nlp._checks import InputError, check_known, listing

READABLE = (".txt", ".md")
"""Suffixes of the files that can be read."""

CONTROLS = {chr(code) for code in range(32)} - set("\t\n\v\f\r\x1c\x1d\x1e\x1f")


def read_bytes(path: Path) -> bytes:
    """Bytes of a file; one that is missing, a folder or not to be opened is refused."""
    said = {FileNotFoundError: "there is no such file", IsADirectoryError: "is a folder; a file is needed"}
    try:
        return path.read_bytes()
    except OSError as fault:
        raise InputError(f"{path}: {said.get(type(fault), f'cannot be read ({fault.strerror})')}") from None


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def decode(data: bytes, *, where: str) -> str:
    """Decode the bytes of a text file as UTF-8, without newline translation.

    Bytes that are not UTF-8, hold control characters that no text has, or hold no letter or digit are an
    `InputError`, in which ``where`` names them.
    """
    try:
        raw = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        place = f"the byte at offset {fault.start} cannot be decoded"
        raise InputError(f"{where}: is not text in UTF-8 ({place})") from None
    stray = next((at for at, sign in enumerate(raw) if sign in CONTROLS), None)
    if stray is not None:
        raise InputError(f"{where}: is not text in UTF-8 (control character {raw[stray]!r} at offset {stray})")
    if not any(sign.isalnum() for sign in raw):
        raise InputError(f"{where}: is empty; at least one word is needed")
    return raw


def read_raw(path: Path) -> str:
    """Raw text of a document file; a suffix that is not among `READABLE` is refused, and so is what is no text."""
    if path.is_file() and path.suffix.lower() not in READABLE:
        kind = path.suffix or "none"
        raise InputError(f"{path}: files of type {kind!r} are not read; allowed are: {listing(READABLE)}")
    return decode(read_bytes(path), where=str(path))


def read_data(path: Path) -> str:
    """Text of a file of data beside the documents, without the byte order mark that table editors put before it."""
    return decode(read_bytes(path), where=str(path)).removeprefix("\ufeff")


def read_entries(path: Path, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Tables ``[[kind]]`` of a TOML file, each after the words that name it in a message.

    A file that is not TOML, has other tables, none of that kind, or an id twice is an `InputError`.
    """
    try:
        content = tomllib.loads(read_data(path))
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise InputError(f"{path}: is not TOML ({fault})") from None
    check_known(content, [kind], name=f"{path}: table")
    entries = content.get(kind)
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{path}: lists no {kind}; each is a table [[{kind}]]")
    ids = [entry.get("id", place) for place, entry in enumerate(entries, 1)]
    for one in ids:
        if ids.count(one) > 1:
            raise InputError(f"{path}: {kind} {one!r} is registered twice; an id is unique")
    return [(f"{path}, {kind} {one!r}", entry) for one, entry in zip(ids, entries, strict=True)]

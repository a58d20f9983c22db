"""Laws of raw texts, whatever format they come from."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from wsis_nlp import InputError
from wsis_nlp.readers import RawText

Reader = Callable[..., RawText]


def reading(raw: RawText, name: str) -> str:
    """The raw text with its edits replaced by their words in a reading, from the last to the first."""
    text = raw.text
    for edit in reversed(raw.edits):
        text = text[: edit.start] + getattr(edit, name) + text[edit.end :]
    return text


def paragraphs(text: str) -> list[str]:
    return [part.strip(" \n") for part in text.split("\n\n") if part.strip(" \n")]


def lawful(read: Reader, data: bytes, where: str) -> RawText:
    """What a reader makes of a file, once it is seen to keep the laws."""
    raw = read(data, where=where)
    text = raw.text
    for before, after in (*pairwise(raw.regions), *pairwise(raw.edits)):
        assert before.end <= after.start
    for region in raw.regions:
        assert 0 <= region.start < region.end <= len(text)
        assert region.start == 0 or text[region.start - 1] in "\n\f"
        assert region.end == len(text) or text[region.end] in "\n\f"
        assert region.kind in ("furniture", "footnote", "heading")
    for edit in raw.edits:
        printed = text[edit.start : edit.end]
        assert printed == "\n" or printed == "\f" or (printed and not set(printed) & set("\n\f"))
        assert {edit.new, edit.old} <= {printed, ""}
        assert "" in (edit.new, edit.old)
    return raw


def outcome(read: Reader, data: bytes, where: str) -> tuple[RawText | None, str]:
    """The raw text of a file or, if it is refused, the message."""
    try:
        return lawful(read, data, where), ""
    except InputError as fault:
        return None, str(fault)

r"""Text of documents where it is shown: in a terminal, in HTML, in Markdown and in a spreadsheet it stays text.

Titles, file names and paragraphs come from anyone: none of their characters may move a cursor, turn the direction of
what stands beside them, be an element or a formula, or be computed.
"""

from __future__ import annotations

import html
import re

_LATIN = r"[!-~\u00a1-\u024f]"
# Controls but for tab and line end; marks that turn the direction of text; separators, fillers and tags that show
# nothing; half a surrogate pair and what is no character. Soft hyphens are ordinary, and so are joiners and the blank
# of no width in the scripts that need them: between two Latin signs they only hide something.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u115f\u1160\u180e\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    r"\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
    rf"|(?<={_LATIN})[\u200b-\u200d](?={_LATIN})"
)
# Before a stroke or behind "www" these signs make an address.
_MARKDOWN = re.compile(r"[&<>*_`\[\]|~#^@$\\]|:(?=//)|(?<=www)\.|(?<=mailto):", re.IGNORECASE)
# In running words: an underscore inside of a name is none of Markdown's.
_IN_WORDS = re.compile(r"[*`\[\]|~#^@$\\]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=www)\.|(?<=mailto):", re.IGNORECASE)
_OPENING = re.compile(r"[-+=:]|(?<=\d)[.)]")
PRINT, SCREEN = 300, 110  # dots per inch of the files of figures, and of what a notebook shows
NO_FORMULA = "mathjax_ignore"  # class of what JupyterLab shall not search for formulas
# A spreadsheet computes what begins with these signs, wide ones too, behind blanks, quotes and what shows nothing; but
# for numbers. One that parts cells at semicolons, tabs or line ends finds beginnings in the middle of a text.
_BLANK = (
    r"[ '\"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*"
)
_COMPUTED = r"(?:[=@＝＠]|[-+＋－](?!\d+(?:\.\d*)?(?:e[-+]?\d+)?(?:[;\t\r\n]|\Z)))"
_UNGUARDED, _GUARDED = (
    re.compile(rf"\A{sign}(?={_BLANK}(?:{_COMPUTED}|[\t\r\n]))|(?<=[;\t\r\n]){sign}(?={_BLANK}{_COMPUTED})")
    for sign in ("", "'")
)


def visible(text: str) -> str:
    r"""Text with each character that is not seen but acts, or that cannot be printed, as its code; lines stay lines.

    >>> visible("a\x1b[31m title\u202e")
    'a⟨U+001B⟩[31m title⟨U+202E⟩'
    """
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def hidden_signs() -> str:
    """What `visible` shows as codes, as a regular expression of JavaScript (with its flag ``u``)."""
    return re.sub(r"\\U([0-9a-f]{8})", r"\\u{\1}", _HIDDEN.pattern)


def one_line(text: str) -> str:
    """Visible text in one line, white space folded."""
    return visible(" ".join(re.split(r"[ \t\n]+", text.replace("\r\n", "\n").strip())))


def plain_html(text: str) -> str:
    """Visible text for HTML, in an element or the value of an attribute."""
    return html.escape(visible(text))


def plain_words(text: str) -> str:
    """Visible text for a Markdown file that people read as it is: no mark-up, link, image, formula or HTML in it."""
    return _IN_WORDS.sub(lambda found: f"&#{ord(found[0])};", html.escape(visible(text), quote=False))


def plain_markdown(text: str) -> str:
    r"""Visible text for Markdown, in one line: it shows as itself, with no mark-up, link or formula.

    >>> plain_markdown("1. See *this* [page](x)")
    '1&#46; See &#42;this&#42; &#91;page&#93;(x)'
    """
    line = one_line(text)
    opening = re.match(r"\d*", line)
    cut = opening.end() if opening else 0
    if _OPENING.match(line, cut):
        line = f"{line[:cut]}\0{line[cut:]}"
    line = _MARKDOWN.sub(lambda found: _entity(found[0]), line)
    return re.sub(r"\0(.)", lambda found: _entity(found[1]), line)


def _entity(sign: str) -> str:
    # A page that typesets formulas looks for these signs once more in what is shown, element by element.
    return f"<span>&#{ord(sign)};</span>" if sign in "$\\" else f"&#{ord(sign)};"


def sheet_cell(text: str) -> str:
    """Text for a cell of a table: what a spreadsheet would compute has an apostrophe before it.

    >>> sheet_cell("=1+1"), sheet_cell("a=b"), sheet_cell("a; @b; -1")
    ("'=1+1", 'a=b', "a;' @b; -1")
    """
    return _UNGUARDED.sub("'", text)


def sheet_text(cell: str) -> str:
    """Text of a cell that `sheet_cell` has made; any other is left as it is."""
    return _GUARDED.sub("", cell)

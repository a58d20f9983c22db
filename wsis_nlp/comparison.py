"""Paragraphs side by side: the words that a later one shares with an earlier one, and those of one alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from rapidfuzz.distance import LCSseq

from wsis_nlp._checks import InputError, check_columns
from wsis_nlp.alignment import SHORTEST_PASSAGE, align_words, passage_numbers
from wsis_nlp.showing import NO_FORMULA, plain_html, visible
from wsis_nlp.words import split_words, word_term

Operation = Literal["equal", "replace", "delete", "insert"]
Step = tuple[range, range, bool]  # words of the earlier and of the later paragraph, and whether they are the same
COMPARISON_COLUMNS = ("from_para", "to_para", "operation", "from_text", "to_text")
CHANCE = 3  # letters of the longest word that does not count where it alone is the same between two changes
# Bold, italics and lines can be told apart in print and on any ground; the tint is of use where there is colour.
LOOK = "background: rgba(90, 150, 255, .2); color: inherit; font-weight: bold"
TAGS = {
    "shared": f'mark style="{LOOK}"',
    "moved": f'mark style="{LOOK}; font-style: italic"',
    "from": "del",
    "to": "ins",
}
KEY = (
    f"<{TAGS['shared']}>in both</mark>, <{TAGS['moved']}>in both at another place</mark>, "
    "<del>in the earlier alone</del>, <ins>in the later alone</ins>"
)
CELL = (
    'style="text-align: left; vertical-align: top; white-space: normal; overflow-wrap: anywhere;'
    ' padding: .4em 1em .4em 0"'
)
HEAD = 'style="border-bottom: 1px solid; margin-bottom: .3em"'


def comparison_table(paragraphs: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """What was kept, replaced, deleted and inserted between two paragraphs, for each pair of a table, to be printed.

    The words are those of the longest common subsequence, without regard to case and punctuation; a single word of up
    to three letters between two changes is chance, and part of the change.

    Parameters
    ----------
    paragraphs : ``para_id, text``
    pairs : ``from_para, to_para``, as the edges of a lineage or a row for two paragraphs

    Returns
    -------
    DataFrame
        ``from_para, to_para, operation`` (equal, replace, delete, insert), ``from_text, to_text`` : in order of the
        text; those of a pair joined are its paragraphs. A pair turned round has insert and delete swapped

    >>> texts = pd.DataFrame(
    ...     {"para_id": ["a:1", "b:1"], "text": ["We note the report.", "We welcome the report, too."]}
    ... )
    >>> pairs = pd.DataFrame({"from_para": ["a:1"], "to_para": ["b:1"]})
    >>> comparison_table(texts, pairs)[["operation", "from_text", "to_text"]].to_numpy().tolist()
    [['replace', 'We note ', 'We welcome '], ['equal', 'the report.', 'the report, '], ['insert', '', 'too.']]
    """
    rows = []
    for pair, one, two in _texts(paragraphs, pairs):
        for first, second, same in _steps(_terms(one), _terms(two)):
            operation: Operation = (
                "equal" if same else "replace" if first and second else "delete" if first else "insert"
            )
            texts = ("".join(pieces[part.start : part.stop]) for pieces, part in ((one, first), (two, second)))
            rows.append((pair["from_para"], pair["to_para"], operation, *texts))
    return pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS))


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Pairs of paragraphs, the earlier on the left and the later on the right, which a notebook shows.

    Words that both have are marked, others struck out or underlined; shared passages at another place of the later
    paragraph are told from those in order. As plain text, the later one bears ``[-what was deleted-]`` and
    ``{+what was inserted+}``.

    Attributes
    ----------
    pairs : pandas.DataFrame
        ``from_para``, ``to_para``, and where known ``relation`` and ``score``: the edges of a lineage that lead to a
        paragraph, or a row for two paragraphs.
    paragraphs : pandas.DataFrame
        ``doc_id``, ``para_id``, ``text``.
    documents : pandas.DataFrame
        ``doc_id``, ``title``, ``date``.
    """

    pairs: pd.DataFrame
    paragraphs: pd.DataFrame
    documents: pd.DataFrame

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        check_columns(self.paragraphs, ["doc_id"], name="paragraphs")
        check_columns(self.documents, ["doc_id", "title", "date"], name="documents")
        rows, lines = [], []
        for pair, one, two in _texts(self.paragraphs, self.pairs):
            heads = [self._head(pair[side]) for side in ("from_para", "to_para")]
            heads[1] += "".join(f"; {name} {_shown(pair[name])}" for name in ("relation", "score") if name in pair)
            steps = _steps(_terms(one), _terms(two))
            cells = (f"<td {CELL}><div {HEAD}>{plain_html(head)}</div>{text}</td>"
                     for head, text in zip(heads, _marked(one, two, steps), strict=True))  # fmt: skip
            rows.append(f'<tr style="break-inside: avoid; background: none">{"".join(cells)}</tr>')
            lines += [*heads, _in_one(one, two, steps), ""]
        table = f'<table style="table-layout: fixed; width: 100%"><tbody>{"".join(rows)}</tbody></table>'
        return {
            "text/html": f'<figure class="{NO_FORMULA}"><figcaption>{KEY}</figcaption>{table}</figure>',
            "text/plain": visible("\n".join(lines)),
        }

    def _head(self, para_id: str) -> str:
        doc_id = self.paragraphs.loc[self.paragraphs["para_id"] == para_id, "doc_id"].iloc[0]
        facts = self.documents.loc[self.documents["doc_id"] == doc_id, ["title", "date"]]
        return ", ".join([para_id, *(str(fact) for fact in facts.to_numpy().ravel() if fact)])


@dataclass(frozen=True, eq=False)
class MarkedOrigins:
    """Paragraphs whose words are marked by the oldest document that has them; new words are plain.

    As plain text a marked run of words stands in brackets, with the name of its document behind it.

    Attributes
    ----------
    paragraphs : pandas.DataFrame
        ``doc_id``, ``para_id``, ``text``.
    tokens : pandas.DataFrame
        ``para_id``, ``surface`` and ``origin``, in order of the text (see `word_origins`).
    """

    paragraphs: pd.DataFrame
    tokens: pd.DataFrame

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        check_columns(self.paragraphs, ["doc_id", "para_id", "text"], name="paragraphs")
        check_columns(self.tokens, ["para_id", "surface", "origin"], name="tokens")
        marked, plain = [], []
        for doc_id, para_id, text in self.paragraphs[["doc_id", "para_id", "text"]].itertuples(index=False):
            runs = list(_runs(text, self.tokens[self.tokens["para_id"] == para_id], doc_id))
            cells = "".join(
                f'<mark style="{LOOK}">{plain_html(words)}</mark><sup>{plain_html(origin)}</sup>{plain_html(end)}'
                if origin != doc_id else plain_html(words + end) for origin, words, end in runs
            )  # fmt: skip
            marked.append(f"<p><b>{plain_html(para_id)}</b> {cells}</p>")
            plain.append(f"{para_id}: " + "".join(
                f"[{words}]({origin}){end}" if origin != doc_id else words + end for origin, words, end in runs
            ))  # fmt: skip
        return {
            "text/html": f'<figure class="{NO_FORMULA}">{"".join(marked)}</figure>',
            "text/plain": visible("\n\n".join(plain)),
        }


def _runs(text: str, tokens: pd.DataFrame, doc_id: str) -> Iterator[tuple[str, str, str]]:
    """Runs of words of one origin: it, their text, and what stands between it and the next run."""
    starts, at = [], 0
    for surface in tokens["surface"]:
        at = text.find(surface, at)
        if at < 0:
            raise InputError(f"token {surface!r} is not in the text; needed are all tokens of the same reading")
        starts.append((at, at := at + len(surface)))
    yield doc_id, "", text[: starts[0][0] if starts else len(text)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    places = zip(tokens["origin"], starts, ends, strict=True)
    for origin, run in groupby(places, key=lambda place: place[0]):
        (_, (start, end), _), *others = held = list(run)
        end = others[-1][1][1] if others else end
        yield origin, text[start:end], text[end : held[-1][2]]


def _shown(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _texts(paragraphs: pd.DataFrame, pairs: pd.DataFrame) -> Iterator[tuple[dict[Any, Any], list[str], list[str]]]:
    """Each pair with the pieces of both texts: a word, and what stands up to the next."""
    check_columns(paragraphs, ["para_id", "text"], name="paragraphs")
    check_columns(pairs, ["from_para", "to_para"], name="pairs of paragraphs")
    texts = dict(zip(paragraphs["para_id"], paragraphs["text"], strict=True))
    for pair in pairs.to_dict("records"):
        for para_id in (pair["from_para"], pair["to_para"]):
            if para_id not in texts:
                raise InputError(f"paragraph {para_id!r} is unknown; allowed are those of the table of paragraphs")
        yield pair, _pieces(texts[pair["from_para"]]), _pieces(texts[pair["to_para"]])


def _pieces(text: str) -> list[str]:
    cuts = [0, *(start for start, _ in split_words(text)[1:]), len(text)]
    return [text[start:end] for start, end in pairwise(cuts) if text]


def _terms(pieces: list[str]) -> list[str]:
    words = ((piece, *(split_words(piece) or [(0, len(piece))])[0]) for piece in pieces)
    return [word_term(piece[start:end]).lower() for piece, start, end in words]


def _steps(one: list[str], two: list[str]) -> list[Step]:
    if two < one:  # in one order, so that pairs turned round give steps turned round
        return [(second, first, same) for first, second, same in _steps(two, one)]
    steps: list[Step] = []
    start = begin = 0
    for a, b, size in LCSseq.editops(one, two).as_matching_blocks():  # the last is empty, at the ends
        if size == 1 and len(one[a]) <= CHANCE and one != two:
            continue
        steps += [(range(start, a), range(begin, b), False), (range(a, a + size), range(b, b + size), True)]
        start, begin = a + size, b + size
    return [step for step in steps if step[0] or step[1]]


def _marked(one: list[str], two: list[str], steps: list[Step]) -> Iterator[str]:
    """Both texts as HTML, each run of words in the element that tells what became of it."""
    codes = {term: code for code, term in enumerate(sorted({*_terms(one), *_terms(two)}))}
    pairs = align_words(*([codes[term] for term in _terms(pieces)] for pieces in (one, two)))
    pairs = pairs[~np.isin(pairs[:, 0], [place for first, _, same in steps if same for place in first])]
    passage = passage_numbers(pairs)
    moved = pairs[np.bincount(passage)[passage] >= SHORTEST_PASSAGE]
    for side, (pieces, alone) in enumerate(((one, "from"), (two, "to"))):
        sorts = {place: "shared" for *parts, same in steps if same for place in parts[side]}
        sorts |= dict.fromkeys(moved[:, side].tolist(), "moved")
        marked = ""
        for sort, run in groupby(range(len(pieces)), key=lambda place: sorts.get(place, alone)):
            text, tag = "".join(pieces[place] for place in run), TAGS[sort]
            end = len(text.rstrip())  # a line through or under a blank would run on to the next word
            marked += f"<{tag}>{plain_html(text[:end])}</{tag.split()[0]}>{plain_html(text[end:])}"
        yield marked


def _in_one(one: list[str], two: list[str], steps: list[Step]) -> str:
    """The later text with what was deleted, as ``[-…-]``, and inserted, as ``{+…+}``."""
    parts = []
    for first, second, same in steps:
        old, new = ("".join(pieces[part.start : part.stop]).rstrip() for pieces, part in ((one, first), (two, second)))
        parts += [new] if same else [f"[-{old}-]"] * bool(first) + [f"{{+{new}+}}"] * bool(second)
    return " ".join(parts)

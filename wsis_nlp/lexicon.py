"""Concepts and their mentions.

A concept has several surface forms ("artificial intelligence", "AI"), matched on the words of one unit with their case
kept, so that a mention is always a place in the raw text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wsis_nlp._checks import InputError, check_id, check_known
from wsis_nlp.readers import read_entries
from wsis_nlp.words import split_words, word_term

Numbers: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Form:
    """A surface form of a concept: its text, and the words of the text and of each inflection, hyphenated ones parted.

    Capitals matter where it is ``case_sensitive``; a longer phrase that is excluded is not ``counted``.
    """

    text: str
    variants: tuple[tuple[str, ...], ...]
    case_sensitive: bool = False
    counted: bool = True

    @classmethod
    def of(
        cls, text: str, *, inflections: Iterable[str] = (), case_sensitive: bool = False, counted: bool = True
    ) -> Form:
        """Make a form from its text and its inflections."""
        variants = tuple(tuple(word_parts(variant)) for variant in (text, *inflections))
        return cls(text, variants, case_sensitive, counted)


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept: id, label for the reader, counted and excluded forms."""

    id: str
    label: str
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Concepts in the order of their file."""

    concepts: tuple[Concept, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the concepts, in order."""
        return tuple(concept.id for concept in self.concepts)

    @property
    def labels(self) -> dict[str, str]:
        """Label of each concept by its id."""
        return {concept.id: concept.label for concept in self.concepts}

    @property
    def phrases(self) -> tuple[str, ...]:
        """Forms of several words, in lower case and in the order of the alphabet."""
        variants = (words for concept in self.concepts for form in concept.forms for words in form.variants)
        return tuple(sorted({" ".join(words).lower() for words in variants if len(words) > 1}))

    def select(self, ids: Iterable[str] | None) -> Lexicon:
        """Lexicon of some concepts, in the order asked for (an unknown id is refused); of all where ``ids`` is None."""
        if ids is None:
            return self
        by_id = {concept.id: concept for concept in self.concepts}
        return Lexicon(tuple(by_id[one] for one in check_known(ids, by_id, name="concept")))


def read_lexicon(path: Path) -> Lexicon:
    """Lexicon from its TOML file; what cannot be used is an `InputError` that names file, concept and field."""
    return Lexicon(tuple(_concept(entry, where) for where, entry in read_entries(path, "concept")))


def _concept(entry: Mapping[str, Any], where: str) -> Concept:
    check_known(entry, ("id", "label", "forms", "exclude"), name=f"{where}: field")
    for name in ("id", "label"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise InputError(f"{where}: field {name} is {entry.get(name)!r}; a string is needed")
    check_id(entry["id"], name=f"{where}: field id")
    forms, exclude = entry.get("forms"), entry.get("exclude", [])
    if not isinstance(forms, list) or not forms:
        raise InputError(f"{where}: field forms is {forms!r}; a list of at least one form is needed")
    if not isinstance(exclude, list):
        raise InputError(f"{where}: field exclude is {exclude!r}; a list of phrases is needed")
    made = [_form(form if isinstance(form, dict) else {"text": form}, where) for form in forms]
    made += [_form({"text": phrase}, where, counted=False) for phrase in exclude]
    excluded = {_folded(words) for form in made if not form.counted for words in form.variants}
    for text in (_folded(words) for form in made if form.counted for words in form.variants):
        if text in excluded:
            raise InputError(
                f"{where}: {text!r} is a form and excluded too, so that it would never count; take one out"
            )
    return Concept(entry["id"], entry["label"], tuple(made))


def _folded(words: Iterable[str]) -> str:
    return " ".join(words).lower()


def _form(entry: Mapping[str, Any], where: str, *, counted: bool = True) -> Form:
    check_known(entry, ("text", "inflections", "case_sensitive"), name=f"{where}: field of a form")
    inflections, case = entry.get("inflections", []), entry.get("case_sensitive", False)
    if not isinstance(inflections, list) or not isinstance(case, bool):
        given = f"inflections {inflections!r} and case_sensitive {case!r}"
        raise InputError(f"{where}: form {entry.get('text')!r} has {given}; needed are a list, and true or false")
    for text in (entry.get("text"), *inflections):
        if not isinstance(text, str) or not word_parts(text) or set(text) & set("*?"):
            allowed = "a phrase of at least one word is needed, without wildcards (list its inflections)"
            raise InputError(f"{where}: a form is {text!r}; {allowed}")
    return Form.of(entry["text"], inflections=inflections, case_sensitive=case, counted=counted)


@lru_cache(maxsize=1 << 16)  # a text repeats its words
def word_parts(text: str) -> tuple[str, ...]:
    """Words of a text in their plain form, hyphenated words parted."""
    words = (text[start:end] for start, end in split_words(text))
    return tuple(word_term(part) for word in words for part in re.split(r"[\-\u2010\u2011]+", word) if part)


def _placed_parts(surfaces: Sequence[str]) -> list[tuple[int, str]]:
    """Parts of the words of a unit, each after the place of its token."""
    return [(place, part) for place, surface in enumerate(surfaces) for part in word_parts(surface)]


def phrase_places(surfaces: Sequence[str], phrase: Sequence[re.Pattern[str]]) -> Iterator[tuple[int, int]]:
    """First and last token of each place where successive words, hyphenated ones parted, match a phrase's patterns."""
    parts = _placed_parts(surfaces)
    for at in range(len(parts) - len(phrase) + 1):
        there = parts[at : at + len(phrase)]
        if all(pattern.fullmatch(part) for pattern, (_, part) in zip(phrase, there, strict=True)):
            yield there[0][0], there[-1][0]


class Variant(NamedTuple):
    """A form of a concept in one of its inflections."""

    concept: str
    form: Form
    words: tuple[str, ...]


class PhraseTree(NamedTuple):
    """The variants of a lexicon word by word, without regard to case, as numbers.

    ``concept`` is the number of the concept of each variant, and ``counted`` whether it counts. Each word of a phrase
    has a column, from 1. Node 0 is the root, with the base 0. From a node a word leads on to ``target[base[node] +
    column]``, if the ``owner`` of that place is the node. At each node ``ending`` variants end: those from ``first`` on
    in ``ends``.
    """

    variants: tuple[Variant, ...]
    concept: NDArray[np.int64]
    counted: NDArray[np.bool_]
    columns: dict[str, int]
    base: Numbers
    owner: Numbers
    target: Numbers
    ending: Numbers
    first: Numbers
    ends: Numbers


@lru_cache(maxsize=8)
def phrase_tree(lexicon: Lexicon) -> PhraseTree:
    """Tree of all phrases of a lexicon, which is made once."""
    named = [(place, concept.id, form) for place, concept in enumerate(lexicon.concepts) for form in concept.forms]
    variants = [(place, Variant(name, form, words)) for place, name, form in named for words in form.variants]
    columns: dict[str, int] = {}
    tree: list[dict[int, int]] = [{}]
    ends: list[list[int]] = [[]]
    for number, (_, variant) in enumerate(variants):
        node = 0
        for word in variant.words:
            node = tree[node].setdefault(columns.setdefault(word.lower(), len(columns) + 1), len(tree))
            if node == len(tree):
                tree.append({})
                ends.append([])
        ends[node].append(number)
    ending = np.array([len(held) for held in ends], dtype=np.int32)
    return PhraseTree(
        tuple(variant for _, variant in variants), np.array([place for place, _ in variants], dtype=np.int64),
        np.array([variant.form.counted for _, variant in variants], dtype=bool), columns,
        *_packed(tree, len(columns) + 1), ending, np.cumsum(ending, dtype=np.int32) - ending,
        np.array([number for held in ends for number in held], dtype=np.int32),
    )  # fmt: skip


def _packed(tree: Sequence[Mapping[int, int]], width: int) -> tuple[Numbers, Numbers, Numbers]:
    """Base of each node; owner and target of each place. A node has the places from its first to its last column."""
    base, places = np.zeros(len(tree), dtype=np.int32), width  # of the root
    for node, steps in enumerate(tree[1:], 1):
        if steps:
            base[node] = places - min(steps)
            places += max(steps) - min(steps) + 1
    owner, target = np.full((2, places + width), -1, dtype=np.int32)
    for node, steps in enumerate(tree):
        for column, to in steps.items():
            owner[base[node] + column], target[base[node] + column] = node, to
    return base, owner, target

"""What texts and a dictionary of their language know of words: for words that look fused or misread."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from wsis_nlp.readers import import_extra
from wsis_nlp.sentences import ABBREVIATIONS

# Words that tell languages apart.
LANGUAGES = {"en": "the of and to that", "fr": "les des et du que", "es": "los las del y que"}
DICTIONARIES = ("en", "fr")  # the Spanish one lacks every third word of a resolution

ARTICLES, MODALS = "the|a|an|our|their|its|your|my|every", "shall|will|should|would|must|may|might|can|could"
CASES = "of|to|for|from|with|by|at|in|on|into|as"
GRAMMAR = frozenset(f"{ARTICLES}|{MODALS}|{CASES}|and|or|but|that|which|this|these|is|are|be|not|including".split("|"))
PREFIXES = (
    "anti|bio|co|cross|cyber|de|dis|eco|extra|fore|geo|hyper|infra|inter|intra|macro|mega|meta|micro|mid|mis|mono|multi|"
    "nano|neuro|non|out|over|para|poly|post|pre|pro|pseudo|psycho|re|self|semi|socio|sub|super|tele|trans|ultra|under|un|up"
)
PARTS = {*PREFIXES.split("|"), *re.findall(r"\w+", ABBREVIATIONS)}
PARTS |= {"alia", "bis", "distr", "mutandis", "mutatis", "quater", "quinquies", "septies", "sexies", "ter"}
# British spellings, inflections and derivations, and what leads from them to a word that dictionaries have.
BASES = [
    (re.compile(end), base)
    for base, ends in {
        "iz": r"is(?=e[drs]?$|ers$|ing$|ation)", "yz": r"ys(?=e[drs]?$|ing$)", "or": "our", "ter": r"tre(?=s?$)",
        "tered": "tred$", "m": r"mme(?=s?$)", "l": r"(?<=\w\w)ll(?=[a-z])", "ense": r"ence(?=s?$)", "y": "ies$",
        "able": "ability$", "e": r"(?<!e)(?:(?<=i[sz])ation|ity|ed|ing|[eo]r|ive|able)$",
        "": r"(?<!s)s$ (?<!e)(?:es|ed|ing|[eo]r)$ i[sz]ation$ (?:al)?ly$ al$ (?:abil)?ity$ (?:ness|is[mt]|able)$"
            rf" ^(?:{PREFIXES})(?=\w{{4}})",
    }.items()
    for end in ends.split()
]  # fmt: skip
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CAMEL = re.compile(r"[A-Z]{2,}s|[a-z][A-Z]\w+|[a-z]*(?:[A-Z][a-z]+){2,}(?<![a-z]The)(?<![a-z]And)(?<![a-z]Of)")
WORD = re.compile(r"(?<!\w)(?<!\w['’])[^\W\d_]++(?:[01]++[^\W\d_]*+)?(?!\d|['’](?![sS]?\b)\w)")
PAIR = re.compile(r"(?<!\w)(?=([^\W\d_]+) ([^\W\d_]+))")
COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]+(?:-[^\W\d_]+)+")


class Vocabulary:
    """What the texts, and the dictionary of their language with its frequencies, know of words."""

    def __init__(self, own: list[str], others: list[str], general: Mapping[str, int]) -> None:
        self.general = general
        text, elsewhere = "\n".join(own + others), "\n".join(others)
        self.forms = Counter(WORD.findall(text))
        # What a name in camel case, such as "eCommerce", is made of is no word for that.
        self.others = {word.lower() for word in WORD.findall(elsewhere) if not CAMEL.fullmatch(word)}
        self.pairs = Counter(PAIR.findall(text.lower()))
        self.words = Counter(COMPOUND.findall(text.lower()))
        self.hyphened = {compound.replace("-", ""): compound for compound in self.words}
        for form, count in self.forms.items():
            self.words[form.lower()] += count

    def known(self, word: str) -> bool:
        """Whether a word is in the other documents, in the dictionary, or made of what is."""
        if self.derived(word):
            return True
        fused = self.fused(word) or self.two_endings(word)
        return not fused and len(word) < 14 and any(map(self._compound, _halves(word, least=3)))

    def derived(self, word: str, steps: int = 2) -> bool:
        """Whether a word, or one from which it is derived, is in the other documents or in the dictionary."""
        if word in self.others or word in self.general or word in PARTS:
            return True
        bases = (end.sub(base, word, count=1) for end, base in BASES) if steps else ()
        return any(base != word and len(base) > 3 and self.derived(base, steps - 1) for base in bases)

    def _compound(self, parts: tuple[str, str]) -> bool:
        return all(self.general.get(part, 0) >= (200 if len(part) > 3 else 2000) for part in parts)

    def fused(self, word: str) -> tuple[str, str] | None:
        """The two words that lost the blank between them, unless they may be a compound, as in "roadmap"."""
        pairs = [pair for pair in _halves(word, least=2) if all(map(self._part, pair))]
        one, two = max(pairs, key=lambda pair: min(self.words[part] for part in pair), default=("", ""))
        grammar = two in GRAMMAR or one in GRAMMAR - {"in", "on", "by", "as"} or one.endswith("ly")
        least, beside = min(self.words[one], self.words[two]), self.pairs[one, two]
        used = (len(word) > 12 and (least > 1 or two.endswith("ed"))) or (least > 4 and not 0 < beside < 10)
        return (one, two) if one and (grammar or used) else None

    def _part(self, word: str) -> bool:
        return word in GRAMMAR or (len(word) > 2 and self.words[word] > 1) or (len(word) > 4 and self.derived(word))

    def two_endings(self, word: str) -> tuple[str, str] | None:
        """The two words that differ in a few letters, all of which are printed, as in "Societiesy"."""
        for first, one, two in product(range(3, len(word)), range(1, 4), range(1, 4)):
            both = word[: first + one] + word[first + one + two :], word[:first] + word[first + one :]
            if first + one + two <= len(word) and both[0] != both[1] and all(self.derived(each, 1) for each in both):
                return both
        return None

    def neighbour(self, word: str) -> str | None:
        """The most frequent word of the texts that has one letter more, less or other, or two that changed places."""
        cuts = _halves(word, least=0)
        near = {head + sign + tail[at:] for head, tail in cuts for sign in ("", *LETTERS) for at in (0, 1)}
        near |= {head + tail[1::-1] + tail[2:] for head, tail in cuts}
        used = [one for one in near - {word} if self.words[one] > 1 and len(one) > 3]
        return max(used, key=lambda one: (self.words[one], one), default=None)


def _halves(word: str, *, least: int) -> list[tuple[str, str]]:
    return [(word[:at], word[at:]) for at in range(least, len(word) + 1 - least)]


def guess_language(text: str) -> str:
    """Code of the language of `LANGUAGES` that has most of its words in a text; empty where there is none."""
    words = Counter(WORD.findall(text))
    counts = {code: sum(words[one] for one in known.split()) for code, known in LANGUAGES.items()}
    return max(counts, key=counts.__getitem__) if any(counts.values()) else ""


@lru_cache(maxsize=3)
def read_dictionary(language: str) -> Mapping[str, int]:
    """Words of a language with their frequencies, in lower case; none where there is no dictionary of it."""
    if language not in DICTIONARIES:
        return {}
    library = import_extra("spellchecker", "documents", task="to look for suspect words")
    known: Mapping[str, int] = library.SpellChecker(language=language).word_frequency.dictionary
    return known

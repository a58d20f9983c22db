"""Stages from text to mentions, and the bootstrap, beside their peers.

A peer is given all that it needs ready made (patterns, lists of words, documents of its own), and so is the stage.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from bench.racing import Race
from wsis_nlp import Concept, Form, Lexicon, TokenIds, rate_interval, term_matrix, token_ids
from wsis_nlp.lexicon import word_parts
from wsis_nlp.mentions import find_mentions
from wsis_nlp.paragraphs import BODY
from wsis_nlp.readings import character_extents
from wsis_nlp.segmentation import segment
from wsis_nlp.words import WORD_FORM

CONCEPTS, RESAMPLES, PARAGRAPHS = 500, 1000, 27_000


def paragraphs_of(texts: Iterable[str]) -> pd.DataFrame:
    """Body units of texts, as a paragraph table has them."""
    rows = [
        (f"d{number:05}", f"d{number:05}:{unit.order}", unit.text, character_extents(unit.offsets))
        for number, text in enumerate(texts)
        for unit in segment(text)
        if unit.kind in BODY and unit.text
    ]
    return pd.DataFrame(rows, columns=["doc_id", "para_id", "text", "extents"])


def word_lists(ids: TokenIds) -> list[list[str]]:
    """Terms of each paragraph."""
    terms = [str(term) for term in ids.terms]
    bounds = np.append(0, np.cumsum(np.bincount(ids.paragraph, minlength=len(ids.para_ids)))).tolist()
    form = ids.form.tolist()
    return [[terms[one] for one in form[start:end]] for start, end in pairwise(bounds)]


def races(paragraphs: pd.DataFrame) -> Iterator[Race]:
    """Races of the stages from text to mentions, on one paragraph table."""
    ids = token_ids(paragraphs)
    yield from token_races(paragraphs, ids)
    lists = word_lists(ids)
    yield from matrix_races(paragraphs, ids, lists)
    del lists
    yield phrase_race(ids)


def token_races(paragraphs: pd.DataFrame, ids: TokenIds) -> Iterator[Race]:
    from nltk.tokenize import RegexpTokenizer, TreebankWordTokenizer

    texts = paragraphs["text"].tolist()
    first = np.array([extents[0, 0] for extents in paragraphs["extents"]])
    plain = np.array([len(one) == 0 or bool((np.diff(one[:, 0]) == 1).all()) for one in paragraphs["extents"]])
    # The same expression, without the group by which a text is split.
    regexp = RegexpTokenizer(WORD_FORM.pattern[1:-1])

    def ours() -> TokenIds:
        return token_ids(paragraphs)

    def spans(tokenizer: Any) -> Callable[[], list[list[tuple[int, int]]]]:
        return lambda: [list(tokenizer.span_tokenize(text)) for text in texts]

    def equal(found: TokenIds, peers: list[list[tuple[int, int]]]) -> bool:
        """Where a paragraph stands in the raw text as it is, offsets there are offsets in the paragraph."""
        flat = np.array([span for one, part in zip(plain, peers, strict=True) if one for span in part])
        kept = plain[found.paragraph]
        own = np.column_stack([found.start[kept], found.end[kept]]) - first[found.paragraph][kept, None]
        return plain.mean() > 0.5 and np.array_equal(own, flat)

    stage = "tokens with offsets and numbers"
    yield Race(
        stage, "NLTK span_tokenize, same pattern", ours, spans(regexp), equal, 1.0,
        compared="offsets, but for paragraphs that have gaps in the raw text",
    )  # fmt: skip
    treebank = spans(TreebankWordTokenizer())
    yield Race(stage, "NLTK Treebank span_tokenize", ours, treebank, None, 3.0)


def matrix_races(paragraphs: pd.DataFrame, ids: TokenIds, lists: list[list[str]]) -> Iterator[Race]:
    from gensim.corpora import Dictionary
    from gensim.utils import simple_preprocess
    from sklearn.feature_extraction.text import CountVectorizer

    def same_cells(found: Any, peers: Any) -> bool:
        names, values = peers
        return found.terms == tuple(names) and found.values.shape == values.shape and (found.values != values).nnz == 0

    def counted(**options: Any) -> Callable[[Any], Any]:
        def work(texts: Any) -> Any:
            vectorizer = CountVectorizer(**options)
            values = vectorizer.fit_transform(texts)
            return vectorizer.get_feature_names_out(), sparse.csr_array(values)

        return work

    texts = paragraphs["text"].tolist()
    listed = counted(analyzer=lambda words: words)
    yield Race(
        "paragraph matrix from token numbers", "CountVectorizer, same token lists",
        lambda: term_matrix(ids, paragraphs), lambda: listed(lists), same_cells, 4.0, 0.6, "terms and cells",
    )  # fmt: skip
    counting = counted()
    whole = "text to matrix"
    yield Race(
        whole, "CountVectorizer, words of its own", lambda: term_matrix(token_ids(paragraphs), paragraphs),
        lambda: counting(texts), None,
    )  # fmt: skip

    def gensim() -> Any:
        words = Dictionary()
        return [words.doc2bow(simple_preprocess(text), allow_update=True) for text in texts]

    yield Race(
        whole, "gensim, words of its own", lambda: term_matrix(token_ids(paragraphs), paragraphs), gensim, None,
    )  # fmt: skip


def phrases_of(ids: TokenIds, number: int, *, seed: int = 0) -> list[tuple[str, ...]]:
    """Phrases of two to four words that occur in a text, none of which has a hyphen or capitals that matter."""
    draw, found = random.Random(seed), set()
    while len(found) < number:
        at, size = draw.randrange(len(ids.form) - 4), draw.choice((2, 2, 3, 4))
        words = tuple(ids.surfaces[form].lower() for form in ids.form[at : at + size].tolist())
        inside = ids.paragraph[at] == ids.paragraph[at + size - 1]
        if inside and len(set(words)) == size and all(word.isalpha() and word_parts(word) == (word,) for word in words):
            found.add(words)
    return sorted(found)


def phrase_race(ids: TokenIds) -> Race:
    import spacy
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc

    phrases = phrases_of(ids, CONCEPTS)
    named = [(f"c{number}", Form.of(" ".join(words))) for number, words in enumerate(phrases)]
    lexicon = Lexicon(tuple(Concept(name, name, (form,)) for name, form in named))
    vocabulary = spacy.blank("en").vocab
    bounds = np.append(0, np.cumsum(np.bincount(ids.paragraph, minlength=len(ids.para_ids)))).tolist()
    # spaCy is given what words are to us: parts of hyphenated words, without the sign of the possessive.
    parts = [word_parts(surface) for surface in ids.surfaces]
    form = ids.form.tolist()
    docs = [Doc(vocabulary, words=[w for one in form[a:b] for w in parts[one]]) for a, b in pairwise(bounds)]
    matcher = PhraseMatcher(vocabulary, attr="LOWER")
    for (name, _), words in zip(named, phrases, strict=True):
        matcher.add(name, [Doc(vocabulary, words=list(words))])

    def equal(found: Any, peers: Any) -> bool:
        """How often each phrase was found, but for those that overlap themselves."""
        ours = np.bincount(found.variant, minlength=len(phrases))
        names = {vocabulary.strings[name]: number for number, (name, _) in enumerate(named)}
        theirs = np.bincount([names[one] for part in peers for one, _, _ in part], minlength=len(phrases))
        return bool((ours == theirs).all())

    stage = f"{CONCEPTS} concepts among token numbers"
    return Race(
        stage, "spaCy PhraseMatcher on made Docs", lambda: find_mentions(ids, lexicon),
        lambda: [matcher(doc) for doc in docs], equal, 5.0, compared="how often each phrase is found",
    )  # fmt: skip


def bootstrap_races() -> Iterator[Race]:
    """Limits of rates by resampled paragraphs, for as many concepts as the lexicon has, and for many."""
    for concepts, limit in ((16, None), (CONCEPTS, 10.0)):
        draw = np.random.default_rng(0)
        lengths = draw.integers(9, 150, size=PARAGRAPHS)
        counts = np.minimum(
            (draw.random((PARAGRAPHS, concepts)) < 0.02) * draw.integers(1, 4, (PARAGRAPHS, concepts)), lengths[:, None]
        )

        def ours(counts: Any = counts, lengths: Any = lengths) -> Any:
            return rate_interval(counts, lengths, method="bootstrap", resamples=RESAMPLES)[1:]

        def theirs(counts: Any = counts, lengths: Any = lengths) -> Any:
            generator, rates = np.random.default_rng(0), []
            for _ in range(RESAMPLES):
                drawn = generator.integers(len(counts), size=len(counts))
                rates.append(counts[drawn].sum(axis=0) / lengths[drawn].sum())
            return np.quantile(rates, [0.025, 0.975], axis=0)

        stage = f"bootstrap, {PARAGRAPHS:,} paragraphs, {concepts} concepts"
        same = partial(np.allclose, rtol=1e-12)
        yield Race(stage, "plain loop", ours, theirs, same, limit, compared="limits")


if __name__ == "__main__":
    sys.exit("run this as: make bench")

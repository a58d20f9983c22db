"""One corpus in one reading, with the tables and analyses that the command line and the notebooks share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pandas as pd

from wsis_nlp._checks import InputError, check_one_of
from wsis_nlp.concordance import concordance_table, find_phrase
from wsis_nlp.documents import STOP_LISTS, Corpus, Document, input_files, load_corpus
from wsis_nlp.drift import term_difference, term_drift
from wsis_nlp.emergence import emerging_terms, term_places
from wsis_nlp.export import Exporter, find_out
from wsis_nlp.keyness import term_keyness
from wsis_nlp.lexicon import Lexicon, read_lexicon
from wsis_nlp.matrix import TermMatrix, term_matrix
from wsis_nlp.mentions import mention_table
from wsis_nlp.paragraphs import body_paragraphs, document_sizes, document_table, has_changes, paragraph_table
from wsis_nlp.places import is_store
from wsis_nlp.readers import file_sha256, import_extra
from wsis_nlp.readings import Reading
from wsis_nlp.similarity import document_similarity, paragraph_similarity, similarity_grid
from wsis_nlp.tokens import TokenOptions, read_stop_list, token_ids, token_table
from wsis_nlp.topics import TopicModel, TopicScan, collocations, copy_edges, fit_topics, scan_topics

if TYPE_CHECKING:
    from wsis_nlp.lineage import Lineage
    from wsis_nlp.scale import Store


def open_study(corpus: str | Path | None = None, *, reading: Reading = "new", keep_going: bool = False) -> Study:
    """Open a corpus for analysis.

    Parameters
    ----------
    corpus : str or Path, optional
        A folder with a ``corpus.toml``, a bare folder or a store; the nearest or the packed ``corpus`` unless given.
    reading : {"printed", "new", "old"}
    keep_going : bool
        Leave out documents that cannot be read; they are then ``corpus.skipped``.

    >>> open_study().drift(["gdc"])[["doc_id", "count"]].values.tolist()[3]
    ['ecosoc-2023-3', 2]
    """
    check_one_of(reading, get_args(Reading), name="reading")
    if corpus is not None and is_store(corpus):
        store = import_extra("wsis_nlp.scale", "scale", task=f"to open {corpus}").open_store(corpus)
        return Study(store.corpus, reading, store)
    return Study(load_corpus(corpus, keep_going=keep_going), reading)


@dataclass(frozen=True)
class Study:
    """A corpus in one reading. Tables are made, or read from its ``store``, when they are first asked for, and kept."""

    corpus: Corpus
    reading: Reading = "new"
    store: Store | None = None

    @cached_property
    def documents(self) -> pd.DataFrame:
        """Documents in order of date: ``doc_id, title, symbol, body, date, stage, series, language, source``."""
        return document_table(self.corpus)

    @cached_property
    def paragraphs(self) -> pd.DataFrame:
        """All units of all documents (see `paragraph_table`)."""
        return self.store.paragraphs(self.reading) if self.store else paragraph_table(self.corpus, reading=self.reading)

    @cached_property
    def body(self) -> pd.DataFrame:
        """Units of the body: preambular, operative and sub-paragraph units."""
        return body_paragraphs(self.paragraphs)

    @cached_property
    def tokens(self) -> pd.DataFrame:
        """Word tokens of the body, without options (see `token_table`)."""
        return self.store.tokens(self.reading) if self.store else token_table(self.body)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Concepts of the corpus, or those of the package where it has no lexicon."""
        return read_lexicon(self.corpus.resource("lexicon.toml"))

    @cached_property
    def mentions(self) -> pd.DataFrame:
        """Mentions of all concepts in the body (see `mention_table`)."""
        return mention_table(self.tokens, self.lexicon)

    @cached_property
    def printed(self) -> Study:
        """The same corpus as printed: this study where no reading has other words."""
        differs = self.reading != "printed" and (self.store.has_changes if self.store else has_changes(self.corpus))
        return replace(self, reading="printed") if differs else self

    @cached_property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of every file that results depend on, by its path from the folder above the corpus."""
        files = {} if self.store else input_files(self.corpus)
        return self.store.inputs if self.store else {name: file_sha256(path) for name, path in files.items()}

    def exporter(self, notebook: str, out: str | Path | None = None) -> Exporter:
        """Writer of figures and tables for a notebook, into ``out`` (the project's ``figures`` unless given)."""
        return Exporter(find_out() if out is None else Path(out), notebook, self.inputs, self.reading)

    def stop_words(self, *names: str) -> frozenset[str]:
        """Words of stop lists of the corpus: ``general``, ``un-boilerplate``."""
        files = [f"{check_one_of(name, STOP_LISTS, name='stop list')}.txt" for name in names]
        return frozenset().union(*(read_stop_list(self.corpus.resource("stoplists", file)) for file in files))

    def matrix(self, options: TokenOptions, *, min_paragraphs: int = 1) -> TermMatrix:
        """Counts of terms by body paragraph, under options."""
        return term_matrix(token_ids(self.body, options=options), self.body, min_paragraphs=min_paragraphs)

    @cached_property
    def content_matrix(self) -> TermMatrix:
        """Counts by body paragraph, function words left out: for keyness and similarity."""
        return self.matrix(TokenOptions(stop_words=self.stop_words("general")))

    @cached_property
    def collocations(self) -> pd.DataFrame:
        """Word groups of the body that topics count as one term (see `collocations`)."""
        function_words, stop_words = (self.stop_words(name) for name in STOP_LISTS)
        return collocations(self.body["text"], function_words=function_words, stop_words=stop_words)

    def topic_matrix(self, *, boilerplate: bool = False, word_groups: bool = True) -> TermMatrix:
        """Counts by body paragraph of a vocabulary for topics.

        Function words, numbers, single letters and, unless asked for, drafting formulae are left out, and terms of less
        than five paragraphs (two, of fewer than 60); collocations and phrases of the lexicon are one term.
        """
        groups = tuple(sorted({*self.collocations["group"], *self.lexicon.phrases})) if word_groups else ()
        stop_words = self.stop_words(*STOP_LISTS[: 1 if boilerplate else 2])
        options = TokenOptions(numbers="drop", stop_words=stop_words, word_groups=groups, min_letters=2)
        return self.matrix(options, min_paragraphs=5 if len(self.body) >= 60 else 2)

    @cached_property
    def copies(self) -> pd.Series[str]:
        """Group of each body paragraph, by its ``para_id``: the first of those that copy one another, or nearly."""
        from wsis_nlp.inheritance import lineage_groups

        groups = lineage_groups(self.body, copy_edges(self.tokens, self.lineage.edges))
        return groups.set_axis(self.body["para_id"])

    def overview(self) -> pd.DataFrame:
        """One row per document: ``doc_id, title, date, stage, series, tokens`` and the number of units of each kind."""
        return document_sizes(self.documents, self.paragraphs, self.tokens)

    def drift(self, concepts: Iterable[str] | None = None, *, level: float = 0.95) -> pd.DataFrame:
        """Frequency of concepts in each document (see `term_drift`); of all concepts of the lexicon unless given."""
        return term_drift(
            self.documents, self.body, self.tokens, self.mentions, concepts=self.lexicon.select(concepts).ids,
            reading=self.reading, printed_mentions=self.printed.mentions, level=level,
        )  # fmt: skip

    def difference(self, a: str, b: str, concepts: Iterable[str] | None = None, *, level: float = 0.95) -> pd.DataFrame:
        """Rates of concepts in two documents and their difference, with limits (see `term_difference`)."""
        return term_difference(self.drift(concepts, level=level), a, b)

    def emergence(self, doc_id: str | None = None, **options: Any) -> pd.DataFrame:
        """Words and word groups that each document, or one, has first; ``options`` are those of `emerging_terms`."""
        chosen = self.documents["doc_id"] if doc_id is None else [self.document(doc_id).id]
        function_words = self.stop_words("general")
        table = emerging_terms(self.documents, self.body, self.tokens, function_words=function_words, **options)
        return table[table["doc_id"].isin(chosen)].reset_index(drop=True)

    def evidence(
        self, *, concept: str | None = None, term: str | None = None, doc_id: str | None = None, width: int = 60
    ) -> pd.DataFrame:
        """What a count counts, in its context: one row each (see `concordance_table`), of one document if it is given.

        Those of a ``concept`` are the mentions that drift counts, those of a ``term`` (one word, or several parted by
        blanks, as they stand in a table) the tokens that keyness, weights and emergence count: "AI" in "AI-driven" is
        a mention of the concept ``ai``, and no token of the term ``ai``.
        """
        if (concept is None) == (term is None):
            raise InputError(f"concept is {concept!r} and term is {term!r}; exactly one of them is needed")
        if concept is not None:
            places = self.mentions[self.mentions["concept"].isin(self.lexicon.select([concept]).ids)]
        else:
            places = term_places(self.tokens, str(term))
        if doc_id is not None:
            places = places[places["doc_id"] == self.document(doc_id).id]
        return concordance_table(self.body[self.body["para_id"].isin(places["para_id"])], places, width=width)

    def concordance(self, query: str, *, width: int = 60) -> pd.DataFrame:
        """Places of a concept (by its id), or else of a phrase, in their context (see `concordance_table`)."""
        concepts = self.mentions[self.mentions["concept"] == query]
        places = concepts if query in self.lexicon.ids else find_phrase(self.tokens, query)
        return concordance_table(self.body, places, width=width)

    def keyness(self, a: str | Iterable[str], b: str | Iterable[str], **options: Any) -> pd.DataFrame:
        """Terms that set one document or group apart from another, function words left out (see `term_keyness`).

        Dispersion is told over sections, being undefined over paragraphs for most terms.
        """
        groups = [[self.document(doc_id).id for doc_id in ([one] if isinstance(one, str) else one)] for one in (a, b)]
        return term_keyness(self.content_matrix, *groups, **{"parts": "sections"} | options)

    def topics(self, topics: int = 8, **options: Any) -> TopicModel:
        """Topic model of the body, copies weighing once (options of `fit_topics`, ``matrix`` being `topic_matrix`)."""
        given: dict[str, Any] = {"topics": topics, "groups": self.copies} | options
        return fit_topics(given.pop("matrix", None) or self.topic_matrix(), **given)

    def topic_scan(self, **options: Any) -> TopicScan:
        """Numbers of topics that the body supports, of the same matrix (see `scan_topics`)."""
        return scan_topics(self.topic_matrix(), **{"groups": self.copies} | options)

    def document_similarity(self) -> pd.DataFrame:
        """Cosine similarity of all pairs of documents (see `document_similarity`)."""
        return document_similarity(self.content_matrix)

    def paragraph_similarity(self, *, top_n: int = 3) -> pd.DataFrame:
        """Nearest paragraphs in other documents (see `paragraph_similarity`)."""
        return paragraph_similarity(self.content_matrix, top_n=top_n)

    def similarity_grid(self, doc_a: str, doc_b: str) -> pd.DataFrame:
        """Cosine similarity of the paragraphs of two documents (see `similarity_grid`)."""
        return similarity_grid(self.content_matrix, doc_a, doc_b)

    @cached_property
    def lineage(self) -> Lineage:
        """Descent of the body paragraphs: ``edges``, and their aligned ``words`` (see `paragraph_lineage`)."""
        from wsis_nlp.lineage import paragraph_lineage

        return paragraph_lineage(self.documents, self.body, self.tokens)

    @cached_property
    def origins(self) -> pd.Series[str]:
        """Oldest document that has each of the ``tokens`` in a shared passage (see `word_origins`)."""
        from wsis_nlp.inheritance import word_origins

        return word_origins(self.documents, self.body, self.tokens)

    def suspects(self, doc_id: str) -> pd.DataFrame:
        """Places of a document as printed that look like fused changes or misread characters (see `suspect_words`)."""
        from wsis_nlp.suspects import suspect_words

        language, table = self.document(doc_id).language, self.printed.paragraphs
        own = table["doc_id"] == doc_id
        return suspect_words(table[own], table[~own], language=language)

    def document(self, doc_id: str) -> Document:
        """Record of a document by its id."""
        return self.corpus[doc_id]

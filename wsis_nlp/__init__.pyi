from ._checks import InputError
from .comparison import MarkedOrigins, SideBySide, comparison_table
from .concordance import concordance_table, find_phrase
from .display import SortableTable
from .documents import Corpus, Document, load_corpus
from .drift import term_difference, term_drift
from .emergence import emerging_terms, first_appearance, word_groups
from .export import Exporter, find_out, read_provenance
from .figures import (
    corpus_figure,
    difference_figure,
    dispersion_figure,
    document_heatmap,
    drift_figure,
    inheritance_figure,
    keyness_figure,
    paragraph_heatmap,
    ribbon_figure,
    topic_prevalence_figure,
    topic_scan_figure,
    topic_section_heatmap,
    topic_terms_figure,
)
from .inheritance import ancestry, concept_change, inherited_words, lineage_groups, word_origins
from .intervals import Interval, difference_interval, rate_interval, share_interval
from .keyness import term_keyness
from .lexicon import Concept, Form, Lexicon, read_lexicon
from .lineage import Lineage, paragraph_lineage
from .matrix import TermMatrix, group_rows, idf_comparison, term_matrix, term_weights, tf_idf, tf_idf_change
from .mentions import mention_table
from .metadata import Proposal, propose_metadata
from .paragraphs import body_paragraphs, paragraph_table
from .readers import RawText, read_document
from .readings import Correction, read_corrections
from .registration import add_documents, remove_document
from .registry import init_corpus
from .reproduction import reproduce
from .scale import Build, Store, build_store, open_store
from .segmentation import Unit, segment
from .sentences import sentence_table
from .sharing import shared_language
from .similarity import document_similarity, paragraph_similarity, similarity_grid
from .study import Study, open_study
from .tokens import TokenIds, TokenOptions, read_stop_list, token_ids, token_table
from .topics import (
    TopicModel,
    TopicRefits,
    TopicScan,
    collocations,
    fit_topics,
    match_topics,
    most_topics,
    refit_topics,
    scan_topics,
    topic_change,
    topic_prevalence,
    topic_quality,
    typical_paragraphs,
)
from .verification import Verification, verify

__version__: str
__all__ = [
    "Build",
    "Concept",
    "Corpus",
    "Correction",
    "Document",
    "Exporter",
    "Form",
    "InputError",
    "Interval",
    "Lexicon",
    "Lineage",
    "MarkedOrigins",
    "Proposal",
    "RawText",
    "SideBySide",
    "SortableTable",
    "Store",
    "Study",
    "TermMatrix",
    "TokenIds",
    "TokenOptions",
    "TopicModel",
    "TopicRefits",
    "TopicScan",
    "Unit",
    "Verification",
    "add_documents",
    "ancestry",
    "body_paragraphs",
    "build_store",
    "collocations",
    "comparison_table",
    "concept_change",
    "concordance_table",
    "corpus_figure",
    "difference_figure",
    "difference_interval",
    "dispersion_figure",
    "document_heatmap",
    "document_similarity",
    "drift_figure",
    "emerging_terms",
    "find_out",
    "find_phrase",
    "first_appearance",
    "fit_topics",
    "group_rows",
    "idf_comparison",
    "inheritance_figure",
    "inherited_words",
    "init_corpus",
    "keyness_figure",
    "lineage_groups",
    "load_corpus",
    "match_topics",
    "mention_table",
    "most_topics",
    "open_store",
    "open_study",
    "paragraph_heatmap",
    "paragraph_lineage",
    "paragraph_similarity",
    "paragraph_table",
    "propose_metadata",
    "rate_interval",
    "read_corrections",
    "read_document",
    "read_lexicon",
    "read_provenance",
    "read_stop_list",
    "refit_topics",
    "remove_document",
    "reproduce",
    "ribbon_figure",
    "scan_topics",
    "segment",
    "sentence_table",
    "share_interval",
    "shared_language",
    "similarity_grid",
    "term_difference",
    "term_drift",
    "term_keyness",
    "term_matrix",
    "term_weights",
    "tf_idf",
    "tf_idf_change",
    "token_ids",
    "token_table",
    "topic_change",
    "topic_prevalence",
    "topic_prevalence_figure",
    "topic_quality",
    "topic_scan_figure",
    "topic_section_heatmap",
    "topic_terms_figure",
    "typical_paragraphs",
    "verify",
    "word_groups",
    "word_origins",
]

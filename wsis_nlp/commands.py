"""What the commands of ``wsis-nlp`` do, and the arguments that each of them takes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wsis_nlp._checks import InputError
from wsis_nlp.console import emit, say, tell
from wsis_nlp.corpus_commands import CORPUS_ARGUMENTS, FIELDS, corpus_add, corpus_check, corpus_init, corpus_remove
from wsis_nlp.readers import FORMATS, read_bytes
from wsis_nlp.result_commands import build, check_no_input, opened_study, page, results
from wsis_nlp.showing import one_line
from wsis_nlp.suitability import check_compared, tell_large

if TYPE_CHECKING:
    pass

KEYNESS_NOTES = """The first {} of {} terms by low, the conservative bound of log_ratio, then by g2; no function words.
rate: per 1,000 of the words counted. log_ratio (base 2), z (log-odds with a prior): above 0 A has more, below 0 B.
p: how often any term would differ as much if paragraphs were dealt out at random; p_sections: whole sections.
– is what too few permutations, paragraphs or sections cannot tell. All columns: --format csv."""
KEYNESS_SHOWN = ["term", "count_a", "count_b", "rate_a", "rate_b", "log_ratio", "low", "g2", "z", "p", "p_sections"]
TOPIC_TABLES = ("terms", "quality", "paragraphs", "typical", "documents", "sections", "scan")
UNIT_KEYS = ("order", "kind", "label", "old_label", "section", "marks", "spans", "text")


def _segment(arguments: argparse.Namespace) -> int:
    from wsis_nlp._files import write_through
    from wsis_nlp.documents import Corpus, corrections_path, load_corpus, unregistered_document
    from wsis_nlp.paragraphs import paragraph_table

    path = Path(arguments.document)
    if path.is_file():
        document = unregistered_document(path)
        corpus = Corpus(path.parent, (document,))
        told = path.suffix.lower() in FORMATS or corrections_path(corpus, document).is_file()
        if arguments.reading != "printed" and not told:
            given = f"--reading is {arguments.reading!r} and {path} is a text without corrections"
            raise InputError(f"{given}; name a document of a corpus by its id")
    elif path.is_dir():
        raise InputError(f"{path}: is a folder; name a file, or a document of a corpus by its id")
    else:
        if path.exists() or path.suffix or len(path.parts) > 1:
            read_bytes(path)  # says why it is none that can be read
        corpus = load_corpus(arguments.corpus, keep_going=arguments.keep_going)
        document = corpus[arguments.document]
    table = paragraph_table(corpus, reading=arguments.reading, documents=[document])
    tell(document)
    if arguments.raw_out:
        raw_out = Path(arguments.raw_out)
        if raw_out.resolve() == document.file.resolve():
            raise InputError(f"--raw-out is {raw_out}, the document itself; name another file")
        check_no_input("--raw-out", raw_out, corpus)
        write_through(raw_out, document.read().text.encode())
    if arguments.reading != "printed":
        table = table[table["text"] != ""]  # what is deleted as a whole
    if arguments.format != "jsonl":
        return emit(table.drop(columns=["extents"]), arguments.format)
    for row in table[list(UNIT_KEYS)].to_dict("records"):
        # NaN, which stands for what is missing, is not equal to itself.
        print(json.dumps({key: value if value == value else None for key, value in row.items()}, ensure_ascii=False))
    return 0


def _drift(arguments: argparse.Namespace) -> int:
    table = opened_study(arguments).drift(arguments.concept)
    if arguments.format == "csv":
        return emit(table, "csv")
    # What a reader of the table must know of a row.
    stages = table["stage"].where(table["stage"].isin(["fragment", "inputs"]), "")
    zeros = table["high"].where(table["count"] == 0).map("0: up to {:.2f} per 1,000".format, na_action="ignore")
    zeros = zeros.mask((table["tokens"] > 0) & table["high"].isna(), "one paragraph: no limits")
    notes = (stages + ", " + zeros.astype("str").fillna("")).str.strip(", ")
    shown = table[["doc_id", "date", "concept", "count", "tokens", "paragraphs_with", "paragraphs"]]
    for name in ("rate_per_1000", "low", "high"):
        shown[name] = table[name].map("{:.2f}".format, na_action="ignore")
    emit(shown.assign(tfidf=table["tfidf"], first_para=table["first_para"], note=notes), "table")
    say("low, high: limits of the rate that such drafting would give in the long run (95 %, Korn and Graubard).")
    say(f"Reading: {arguments.reading}. All columns: --format csv. The mentions: wsis-nlp kwic CONCEPT.")
    return 0


def _kwic(arguments: argparse.Namespace) -> int:
    study = opened_study(arguments)
    table = study.concordance(arguments.query, width=arguments.width)
    if arguments.format == "csv":
        return emit(table, "csv")
    shown = table[["para_id", "left", "match", "right"]].map(one_line)
    size, left = (max(map(len, shown[name]), default=0) for name in ("para_id", "left"))
    for row in shown.itertuples(index=False):
        print(f"{row.para_id:<{size}}  {row.left:>{left}}  [{row.match}]  {row.right}")
    sort = "concept" if arguments.query in study.lexicon.ids else "phrase"
    say(f"{sort} {arguments.query!r}: places: {len(table)}; paragraphs: {table['para_id'].nunique()}")
    return 0


def _table(arguments: argparse.Namespace) -> int:
    study = opened_study(arguments)
    if arguments.command == "corpus list":
        table = study.documents.drop(columns=["source"])
    elif arguments.command == "corpus suspects":
        table = study.suspects(arguments.doc_id)
        say(f"places: {len(table)}; proposals only: what is to be read otherwise goes into the file of corrections")
    elif arguments.command == "keyness":
        drawn = {"permutations": arguments.permutations, "random_state": arguments.seed}
        groups = ([name.strip() for name in group.split(",")] for group in (arguments.a, arguments.b))
        table = study.keyness(*groups, **drawn)
        if arguments.format == "table":
            say(KEYNESS_NOTES.format(min(40, len(table)), len(table)))
            table = table[KEYNESS_SHOWN].head(40)
    elif arguments.command == "lineage":
        from wsis_nlp.inheritance import ancestry

        check_compared(study, "lineage", dated=True)
        tell_large(study, "lineage")
        table = study.lineage.edges
        if arguments.paragraph is not None:
            if (given := arguments.paragraph) not in set(study.body["para_id"]):
                raise InputError(f"paragraph {given!r} is none of the body; wsis-nlp segment ID lists them")
            table = ancestry(table, arguments.paragraph)
        say(f"edges: {len(table)}, between documents whose dates tell their order. score: weight of the shared words,")
        say("as a share of the smaller paragraph; from_share, to_share: of the words of each; moved: out of order.")
    elif arguments.command == "topics":
        from wsis_nlp.topic_tables import topic_table

        tell_large(study, "topics")
        options = {"method": arguments.method, "random_state": arguments.seed, "overview": arguments.format != "csv"}
        table, note = topic_table(study, arguments.table, topics=arguments.topics, **options)
        if arguments.format != "csv" or arguments.table == "scan":
            say(note)
    else:
        check_compared(study, "similarity")
        tell_large(study, arguments.unit)
        by_document = arguments.unit == "document"
        table = study.document_similarity() if by_document else study.paragraph_similarity(top_n=arguments.top_n)
    return emit(table, arguments.format)


ARGUMENTS: dict[str, dict[str, Any]] = CORPUS_ARGUMENTS | {
    "--corpus": {"metavar": "DIR", "help": "folder with a corpus.toml, a bare folder of documents, or a store"},
    "--keep-going": {"action": "store_true", "help": "leave out documents that cannot be read, and say which"},
    "--reading": {"choices": ("printed", "new", "old"), "default": "new", "help": "reading of the texts (new)"},
    "--format": {"choices": ("table", "csv"), "default": "table"},
    "segment --reading": {"choices": ("printed", "new", "old"), "default": "printed", "help": "(printed)"},
    "segment --format": {"choices": ("jsonl", "csv", "table"), "default": "jsonl"},
    "--out": {"metavar": "DIR", "help": "folder to fill (the project's figures unless given)"},
    "verify --out": {"metavar": "DIR", "help": "folder of results (the project's figures unless given)"},
    "page --out": {"metavar": "FILE", "default": "wsis-page.html", "help": "file to write (wsis-page.html)"},
    "build --out": {"metavar": "STORE", "required": True, "help": "folder of the store"},
    "build --keep-going": {"action": "store_true", "help": "leave out documents that cannot be read, and record which"},
    "sources": {"metavar": "CORPUS", "nargs": "+", "help": "folder, files, or an address such as s3://bucket/texts"},
    "--workers": {"type": int, "default": 1, "metavar": "N", "help": "processes of this machine (1)"},
    "--scheduler": {"metavar": "ADDRESS", "help": "scheduler of a Dask cluster, such as tcp://host:8786"},
    "document": {"metavar": "FILE_OR_ID"},
    "doc_id": {"metavar": "ID", "help": "id of a document"},
    "--raw-out": {"metavar": "FILE", "help": "write the raw text to which the spans refer"},
    "--concept": {"metavar": "ID", "nargs": "+", "action": "extend", "help": "ids of the lexicon (all unless given)"},
    "query": {"metavar": "PATTERN_OR_CONCEPT", "help": "id of a concept, or words with * for any letters"},
    "--width": {"type": int, "default": 60, "help": "characters of context on each side (60)"},
    "a": {"metavar": "A", "help": "id of a document, or several with commas"},
    "b": {"metavar": "B", "help": "the documents that A is compared with"},
    "--topics": {"type": int, "default": 8, "metavar": "K", "help": "number of topics (8)"},
    "--method": {"choices": ("nmf", "lda"), "default": "nmf"},
    "--permutations": {"type": int, "default": 999, "metavar": "N", "help": "random dealings behind p (999)"},
    "--seed": {"type": int, "default": 0, "help": "seed of what is drawn at random (0)"},
    "--table": {"choices": TOPIC_TABLES, "default": "terms", "help": "which table of the model (terms)"},
    "--paragraph": {"metavar": "ID", "help": "the edges to and from one paragraph, near and far (all unless given)"},
    "--unit": {"choices": ("document", "paragraph"), "default": "document"},
    "--top-n": {
        "type": int,
        "default": 3,
        "metavar": "N",
        "help": "nearest paragraphs of each other document, of a large corpus of all (3)",
    },
}
"""Arguments by name, and by command and name where a command has its own of that name."""
FORM = ("--reading", "--format", "--keep-going")
COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str, tuple[str, ...]]] = {
    "reproduce": (results, "run every notebook of the study into a folder", ("--reading", "--out", "--keep-going")),
    "verify": (results, "compare results with their provenance, then compute them anew", ("--out", "--keep-going")),
    "page": (page, "the study as one web page, to be read offline", ("--reading", "--out", "--keep-going")),
    "build": (
        build,
        "tables of a large corpus in a store, for --corpus",
        ("sources", "--workers", "--scheduler", "--out", "--keep-going"),
    ),
    "corpus list": (_table, "documents of the corpus", ("--format", "--keep-going")),
    "corpus check": (corpus_check, "verify the hashes and the segmentation", ("--strict", "--format", "--keep-going")),
    "corpus init": (corpus_init, "begin a corpus of your own", ("folder",)),
    "corpus add": (
        corpus_add,
        "register documents; what is not given is read from them",
        ("files", *FIELDS, "--format", "--keep-going"),
    ),
    "corpus remove": (corpus_remove, "take a document out of the corpus", ("doc_id", "--delete-file")),
    "corpus suspects": (
        _table,
        "words that look like fused edits or misread characters",
        ("doc_id", "--format", "--keep-going"),
    ),
    "segment": (_segment, "units of a file or a registered document", ("document", "--raw-out", *FORM)),
    "drift": (_drift, "frequency of concepts over the documents", ("--concept", *FORM)),
    "kwic": (_kwic, "concordance of a concept or phrase", ("query", "--width", *FORM)),
    "keyness": (_table, "terms that set documents A apart from B", ("a", "b", "--permutations", "--seed", *FORM)),
    "topics": (_table, "topic model of the paragraphs", ("--topics", "--method", "--seed", "--table", *FORM)),
    "lineage": (_table, "from which earlier paragraphs each paragraph comes", ("--paragraph", *FORM)),
    "similarity": (_table, "cosine similarity of documents or paragraphs", ("--unit", "--top-n", *FORM)),
}
"""What each command runs, what it is for, and its arguments besides ``--corpus``, which a few lack."""
WITHOUT_CORPUS = ("build", "corpus init")

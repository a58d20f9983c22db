"""What the commands ``wsis-nlp corpus ...`` do that make, change and check a corpus."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from wsis_nlp.console import announce, emit, say
from wsis_nlp.showing import one_line

FIELDS = {
    "--id": "id of the document (from its symbol, else from the file's name)",
    "--title": "its title",
    "--symbol": "its symbol, such as A/RES/78/132",
    "--body": "who issued it",
    "--date": "YYYY-MM-DD, YYYY-MM or YYYY",
    "--stage": "draft, adopted, inputs, fragment or unstated",
    "--series": "name that successive texts of one process share",
    "--language": "code of ISO 639-1",
    "--source": "file name under which it came",
    "--rights": "whether it may be passed on",
}
CORPUS_ARGUMENTS: dict[str, dict[str, Any]] = {
    **{name: {"metavar": name[2:].upper(), "help": text} for name, text in FIELDS.items()},
    "--stage": {"choices": ("draft", "adopted", "inputs", "fragment", "unstated"), "help": "stage of the text"},
    "folder": {"metavar": "DIR", "help": "folder of the new corpus"},
    "files": {"metavar": "FILE", "nargs": "+", "help": "document to register, or several"},
    "--delete-file": {"action": "store_true", "help": "delete the file too, if it lies in raw/ and is as registered"},
    "--strict": {"action": "store_true", "help": "end with status 1 where a finding is not explained"},
}


def corpus_init(arguments: argparse.Namespace) -> int:
    """Begin a corpus, and say how documents come into it."""
    from wsis_nlp.documents import files_of
    from wsis_nlp.registry import init_corpus

    folder = Path(arguments.folder)
    say(f"made {init_corpus(folder)}, which holds no document yet")
    files = [file for place in (folder, folder / "raw") if place.is_dir() for file in files_of(place)]
    named = sorted({f"{shlex.quote(str(file.parent))}/*{file.suffix}" for file in files}) or ["FILE"]
    held = f"{len(files)} documents that lie there are not in it; " if files else ""
    say(f"{held}add with: wsis-nlp corpus add {' '.join(named)} --corpus {shlex.quote(str(folder))}")
    return 0


def corpus_add(arguments: argparse.Namespace) -> int:
    """Register documents, and print each field with where it comes from."""
    from wsis_nlp.registration import GIVEN, add_documents

    given = {name: getattr(arguments, name) for name in GIVEN if getattr(arguments, name) is not None}
    slow = sum(Path(file).suffix.lower() == ".pdf" for file in arguments.files)
    if slow > 1:
        say(f"reading {slow} PDF files, some seconds for every ten pages")
    options = {"corpus": arguments.corpus, "keep_going": arguments.keep_going}
    table, skipped = add_documents(arguments.files, **options, **given)
    for why in skipped.values():
        say(f"skipped: {one_line(why)}")
    if arguments.format == "csv":
        emit(table, "csv")
    for doc_id, rows in table.groupby("doc_id", sort=False) if arguments.format != "csv" else ():
        print(doc_id)
        for row in rows.to_dict("records"):
            flag = "" if row["sure"] else "; unsure, please look"
            print(f"  {row['field']:9} {one_line(row['value']) or '–'}  [{row['origin']}{flag}]")
    unsure = len(table) - int(table["sure"].sum())
    say(
        f"documents added: {table['doc_id'].nunique()}; fields to look at: {unsure}. They can be edited in corpus.toml."
    )
    return 0


def corpus_remove(arguments: argparse.Namespace) -> int:
    """Take a document out of the corpus, and say what became of its files."""
    from wsis_nlp.registration import remove_document

    removal = remove_document(arguments.doc_id, corpus=arguments.corpus, delete_file=arguments.delete_file)
    say(f"removed {arguments.doc_id}; its file {removal.document.file} {removal.became}")
    if removal.corrections:
        say(f"its corrections stay: {removal.corrections}")
    return 0


def corpus_check(arguments: argparse.Namespace) -> int:
    """Print what the segmentation made of the documents, and what in it deserves a look."""
    from wsis_nlp.documents import load_corpus
    from wsis_nlp.inspection import segmentation_report

    corpus = load_corpus(arguments.corpus, keep_going=arguments.keep_going)
    announce(corpus)
    report, findings = segmentation_report(corpus)
    emit(report, arguments.format)
    for row in findings.to_dict("records"):
        reason = f" (explained: {row['explained']})" if row["explained"] else ""
        say(one_line(f"{row['place']}: {row['finding']}: {row['detail']}{reason}"))
    unexplained = findings[findings["explained"] == ""]
    say(f"findings: {len(findings)}; unexplained: {len(unexplained)}")
    return 1 if "characters" in set(unexplained["finding"]) or (arguments.strict and len(unexplained)) else 0

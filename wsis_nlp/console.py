"""What a command prints: tables to standard output, words for people to standard error."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from wsis_nlp._checks import listing
from wsis_nlp.readers import FORMATS
from wsis_nlp.showing import visible

if TYPE_CHECKING:
    import pandas as pd

    from wsis_nlp.documents import Corpus, Document


def say(message: str) -> None:
    """Print a message for people, who read it beside the table; nothing hangs on whether they can."""
    with contextlib.suppress(OSError):
        print(visible(message), file=sys.stderr, flush=True)


def emit(table: pd.DataFrame, form: str) -> int:
    """Print a table in the form asked for, and return the exit status."""
    from wsis_nlp.display import table_text
    from wsis_nlp.export import table_csv

    sys.stdout.write(table_csv(table) if form == "csv" else table_text(table))
    return 0


def announce(corpus: Corpus, *, reads: bool = True) -> None:
    """Say what is not read, what takes long, if files are read, and which texts are not in UTF-8."""
    say_left_out(corpus)
    if reads and (slow := sum(document.file.suffix.lower() == ".pdf" for document in corpus)) > 1:
        say(f"reading {slow} PDF files, some seconds for every ten pages")
    for document in (one for one in corpus if one.file.suffix.lower() not in FORMATS):
        tell(document)


def say_left_out(corpus: Corpus) -> None:
    """Say which documents could not be read, and which files are of other types."""
    for one in corpus.skipped:
        say(f"skipped: {one.why}")
    if corpus.no_documents:
        more = f" and {len(corpus.no_documents) - 5} more" if len(corpus.no_documents) > 5 else ""
        say(f"not read, being of other types: {listing(corpus.no_documents[:5])}{more}")


def tell(document: Document) -> None:
    """Say what must be known of how a file was read."""
    for note in document.notes:
        say(f"{document.id}: {note}")

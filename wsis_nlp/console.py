"""What a command prints: tables to standard output, words for people to standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wsis_nlp._checks import listing

if TYPE_CHECKING:
    import pandas as pd

    from wsis_nlp.documents import Corpus


def say(message: str) -> None:
    """Print a message for people, who read it beside the table."""
    print(message, file=sys.stderr)


def emit(table: pd.DataFrame, form: str) -> int:
    """Print a table in the form asked for, and return the exit status."""
    from wsis_nlp.display import table_text
    from wsis_nlp.export import table_csv

    sys.stdout.write(table_csv(table) if form == "csv" else table_text(table))
    return 0


def announce(corpus: Corpus) -> None:
    """Say what is not read, and what takes long."""
    for one in corpus.skipped:
        say(f"skipped: {one.why}")
    if corpus.no_documents:
        more = f" and {len(corpus.no_documents) - 5} more" if len(corpus.no_documents) > 5 else ""
        say(f"not read, being of other types: {listing(corpus.no_documents[:5])}{more}")
    slow = sum(document.file.suffix.lower() == ".pdf" for document in corpus)
    if slow > 1:
        say(f"reading {slow} PDF files, some seconds for every ten pages")

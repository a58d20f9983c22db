"""What a command prints: tables to standard output, words for people to standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

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
    """Say what takes long."""
    slow = sum(document.file.suffix.lower() == ".pdf" for document in corpus)
    if slow > 1:
        say(f"reading {slow} PDF files, some seconds for every ten pages")

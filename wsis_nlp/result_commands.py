"""The commands that open a study and put it into files as a whole: results, and the page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wsis_nlp._checks import InputError
from wsis_nlp.console import announce, say

if TYPE_CHECKING:
    from wsis_nlp.study import Study


def opened_study(arguments: argparse.Namespace) -> Study:
    """The study of the corpus that a call names; what must be known of its reading is said."""
    from wsis_nlp.study import open_study

    study = open_study(arguments.corpus, reading=getattr(arguments, "reading", "new"), keep_going=arguments.keep_going)
    announce(study.corpus)
    return study


def results(arguments: argparse.Namespace) -> int:
    """Make results, or verify them."""
    from wsis_nlp.export import find_out
    from wsis_nlp.reproduction import NotebookFailure, reproduce
    from wsis_nlp.verification import verify

    out = Path(arguments.out) if arguments.out else find_out()
    try:
        if arguments.command == "verify":
            found = verify(out, corpus=arguments.corpus, keep_going=arguments.keep_going, progress=True)
            sys.stdout.write(found.report())
            say(found.summary())
            return 0 if found.holds else 1
        given = {"reading": arguments.reading, "keep_going": arguments.keep_going}
        made = reproduce(out, corpus=arguments.corpus, progress=True, **given)
    except NotebookFailure as fault:
        say(f"wsis-nlp: {' '.join(str(fault).split())}; {out} is as it was")
        return 1
    say(f"{len(made)} files in {out}")
    return 0


def page(arguments: argparse.Namespace) -> int:
    """Write the study as one web page."""
    from wsis_nlp._files import write_atomic
    from wsis_nlp.page import page_data, render_page

    out = Path(arguments.out)
    study = opened_study(arguments)
    if out.is_dir() or out.resolve() in {one.file.resolve() for one in study.corpus}:
        what = "a folder" if out.is_dir() else "a document of the corpus"
        raise InputError(f"--out is {arguments.out}, {what}; name another file")
    say("the numbers of topics take about a minute")
    content = render_page(page_data(study))
    write_atomic(out, content)
    say(f"{out}: {len(content):,} bytes; open it in a browser")
    return 0

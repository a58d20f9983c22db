"""The commands that open a study and put it into files as a whole: results, and the page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wsis_nlp._checks import InputError
from wsis_nlp.console import announce, say, say_left_out, tell

if TYPE_CHECKING:
    from wsis_nlp.documents import Corpus
    from wsis_nlp.study import Study


def opened_study(arguments: argparse.Namespace) -> Study:
    """The study of the corpus that a call names; what must be known of its reading is said."""
    from wsis_nlp.study import open_study

    study = open_study(arguments.corpus, reading=getattr(arguments, "reading", "new"), keep_going=arguments.keep_going)
    announce(study.corpus, reads=study.store is None)
    return study


def check_no_input(option: str, out: Path, corpus: Corpus) -> None:
    """Refuse to write over what a corpus is made of."""
    from wsis_nlp.documents import input_files

    for name, path in input_files(corpus).items():
        if out.resolve() == path.resolve():
            raise InputError(f"{option} is {out}, which is {name} of the corpus; name another file")


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


def build(arguments: argparse.Namespace) -> int:
    """Make the store of a corpus, or bring it up to date, and say what was done."""
    from wsis_nlp.readers import import_extra

    scale = import_extra("wsis_nlp.scale", "scale", task="to build a store")
    sources = arguments.sources[0] if len(arguments.sources) == 1 else arguments.sources
    given = {"workers": arguments.workers, "keep_going": arguments.keep_going, "progress": True}
    with scale.connected(arguments.scheduler) as client:
        if client is not None:
            say(f"workers: {len(client.nthreads()) or '0, waiting for one'}; dashboard: {client.dashboard_link}")
        made = scale.build_store(sources, arguments.out, client=client, **given)
    say_left_out(made.corpus)
    named = {*made.made}
    anew = [one for one in made.corpus if one.id in named]  # those that cannot be read have no tables
    for document in anew:
        tell(document)
    done = f"made tables of {len(anew)}" if anew else "brought up to date" if made.changed else "nothing to do"
    say(f"{made.out}: {len(made.corpus.documents)} documents; {done}")
    return 0


def page(arguments: argparse.Namespace) -> int:
    """Write the study as one web page."""
    from wsis_nlp._files import write_atomic
    from wsis_nlp.page import page_data, render_page

    out = Path(arguments.out)
    study = opened_study(arguments)
    if out.is_dir():
        raise InputError(f"--out is {out}, a folder; name another file")
    check_no_input("--out", out, study.corpus)
    say("the numbers of topics take about a minute")
    content = render_page(page_data(study))
    write_atomic(out, content)
    say(f"{out}: {len(content):,} bytes; open it in a browser")
    return 0

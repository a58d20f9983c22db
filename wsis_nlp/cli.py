"""The command ``wsis-nlp``: tables to standard output, progress and messages to standard error.

Exit status: 0 done, 1 a check did not hold, 2 the call or the input is wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from wsis_nlp._checks import InputError
from wsis_nlp.commands import ARGUMENTS, COMMANDS, WITHOUT_CORPUS
from wsis_nlp.console import say

EPILOG = """examples:
  wsis-nlp drift --concept ai data-governance gdc
  wsis-nlp kwic "digital divide*"
  wsis-nlp segment resolution.txt --format table
  wsis-nlp reproduce
"""


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Print one line and end with status 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line with some arguments (those of the process unless given), and return the exit status."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller, who wants nothing of it
            setattr(sys, name, io.StringIO())
        # Signs of the texts are not in every system's code page, and names of files need not be text.
        with contextlib.suppress(AttributeError, ValueError):
            getattr(sys, name).reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments, unknown = _parser().parse_known_args(argv)
    if unknown:
        say(f"wsis-nlp: unrecognized arguments: {' '.join(unknown)} (see wsis-nlp {arguments.command} --help)")
        return 2
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except InputError as fault:
        say(f"wsis-nlp: {' '.join(str(fault).split())}")
        return 2
    except BrokenPipeError:
        _drop_output()  # the reader of a pipe has seen enough
        return 0
    except OSError as fault:
        if fault.filename is None:
            _drop_output()
        say(f"wsis-nlp: {_said(fault)}")
        return 2
    except MemoryError:
        say("wsis-nlp: the memory of this machine does not hold what was asked for; name fewer or smaller documents")
        return 2
    except KeyboardInterrupt:
        say("wsis-nlp: interrupted")
        return 130


def _drop_output() -> None:
    """Let what is not printed yet go nowhere, since Python would try once more at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _said(fault: OSError) -> str:
    """What a fault of the system is about, in words."""
    if fault.filename is not None:
        return f"{os.fsdecode(fault.filename)}: cannot be used ({fault.strerror})"
    if isinstance(fault, FileNotFoundError):
        return "the working folder is gone; change to one that is there"
    return f"the output cannot be written ({fault.strerror})"


def _parser() -> Parser:
    from wsis_nlp import __version__

    text = "Text analytics for policy documents of the United Nations, paragraph by paragraph."
    parser = Parser("wsis-nlp", description=text, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"wsis-nlp {__version__}")
    groups = {"": parser.add_subparsers(title="commands", metavar="COMMAND", required=True)}
    corpus = groups[""].add_parser("corpus", help="make a corpus, add documents to it, list and check them")
    groups["corpus"] = corpus.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (run, text, options) in COMMANDS.items():
        group, _, last = name.rpartition(" ")
        command = groups[group].add_parser(last, help=text)
        command.set_defaults(run=run, command=name)
        for option in options if name in WITHOUT_CORPUS else ("--corpus", *options):
            command.add_argument(option, **ARGUMENTS.get(f"{name} {option}", ARGUMENTS[option]))
    return parser


if __name__ == "__main__":
    sys.exit(main())

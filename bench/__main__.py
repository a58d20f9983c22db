"""Speed and memory, beside named peers, into ``bench/RESULTS.md``.

    make bench                                     everything, an hour or two
    make bench BENCH_OPTIONS="--only peers --megabytes 1"

Each part replaces its own section of the results and leaves the others. All is measured in one run on one machine, in
turns, so that ratios hold where figures do not. CPU time unless said; memory is the growth of the resident size. What
``python -m bench.pdf`` prints of memory is another thing: what Python allocates at most.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import made

RESULTS = Path(__file__).parent / "RESULTS.md"
NAMED = ("numpy", "scipy", "scikit-learn", "gensim", "nltk", "spacy", "pyarrow", "distributed", "pdfminer.six")
Row = dict[str, Any]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (columns, ["---"] * len(columns), *rows)]


def compared(rows: Iterable[Row]) -> list[str]:
    """Rows of stages beside peers; the last columns say how many times as fast and what part of the memory."""
    columns = [
        "stage", "peer", "stage s", "peer s", "times as fast", "stage MB", "peer MB", "part of memory", "aim",
        "equal in", "best of",
    ]  # fmt: skip
    return table(columns, [line(row) for row in rows])


def line(row: Row) -> list[str]:
    ours, peer = row["ours_seconds"], row["peer_seconds"]
    aims = [f"at least {row['limit']:g} times"] if row.get("limit") else []
    aims += [f"at most {row['memory_limit']:g} of the memory"] if row.get("memory_limit") else []
    part = f"{row['ours_mb'] / row['peer_mb']:.2f}" if row["peer_mb"] > 1 else ""
    return [
        row["stage"], row["peer"], f"{ours:.3f}", f"{peer:.3f}", f"{peer / ours:.2f}", f"{row['ours_mb']:.1f}",
        f"{row['peer_mb']:.1f}", part, ", ".join(aims), row["compared"], str(row["rounds"]),
    ]  # fmt: skip


def peers(options: argparse.Namespace) -> list[str]:
    from bench import racing, speed
    from wsis_nlp import open_study

    lines = []
    corpora: list[tuple[str, Callable[[], Any]]] = [("The five documents", lambda: open_study().body)]
    for size in options.megabytes:
        corpora.append((f"Made corpus of {size:g} MB", lambda size=size: speed.paragraphs_of(made.documents(size))))
    for name, paragraphs in corpora:
        body = paragraphs()
        rows = [racing.run(race, rounds=options.rounds) for race in speed.races(body)]
        text = body["text"].str.len().sum() / 1e6
        lines += [
            f"### {name}",
            "",
            f"{len(body):,} paragraphs of {text:.1f} million characters.",
            "",
            *compared(rows),
            "",
        ]
    rows = [racing.run(race, rounds=options.rounds) for race in speed.bootstrap_races()]
    return [*lines, "### Resampling", "", *compared(rows)]


def reading(options: argparse.Namespace) -> list[str]:
    from bench import pdf, segmentation

    rows = segmentation.rows(max([1.0, *options.megabytes]))
    told = [
        [row["stage"], f"{row['mb']:.1f}", f"{row['seconds']:.2f}", f"{row['mb_per_second']:.2f}", f"{row['limit']:g}"]
        for row in rows
    ]
    lines = table(["stage", "MB", "s", "MB a second", "at least"], told)
    files = pdf.rows(options.pdf)
    times = [
        [row["stage"], row["peer"], *(f"{row[name]:.2f}" for name in ("ours_seconds", "peer_seconds", "ratio"))]
        for row in files
    ]
    return [*lines, "", *table(["file", "peer", "stage s", "peer s", "stage / peer, at most 1.3"], times)]


def wrapping(options: argparse.Namespace) -> list[str]:
    from bench import wrapped

    rows = [
        [row["stage"], row["peer"], f"{row['ours_seconds']:.3f}", f"{row['peer_seconds']:.3f}",
         f"{1 / row['ratio']:.3f}", "at most 1.05" if row["limit"] else "", row["compared"], str(row["rounds"])]
        for row in wrapped.rows(options.rounds)
    ]  # fmt: skip
    columns = ["stage", "direct call", "stage s", "call s", "stage / call", "aim", "equal in", "best of"]
    return table(columns, rows)


def building(options: argparse.Namespace) -> list[str]:
    from bench import build

    repeats = max(1, options.rounds // 2)
    found = list(build.rows(sorted({1.0, *options.megabytes}), repeats))
    alone = {row["mb"]: row["wall"] for row in found if row["mode"] == build.MODES[0]}
    told = [
        [f"{row['mb']:.1f}", row["mode"], f"{row['wall']:.1f}", f"{alone[row['mb']] / row['wall']:.2f}",
         f"{row['own'] + row['workers']:.1f}", f"{(row['own'] + row['workers']) / row['mb']:.2f}",
         f"{row['peak']:.0f}", f"{row['peak of a worker']:.0f}"]
        for row in found
    ]  # fmt: skip
    columns = [
        "MB",
        "by",
        "s on the clock",
        "times one process",
        "CPU s",
        "CPU s a MB",
        "peak MB",
        "peak MB of a worker",
    ]
    said = f"From files to a store, the quickest of {repeats}; all stores of a size are equal, byte for byte."
    return [said, "", *table(columns, told)]


def study(options: argparse.Namespace) -> list[str]:
    from bench import study as measure

    stages, functions = measure.measured()
    rows = [[row["stage"], f"{row['seconds']:.1f}", f"{row['share']:.1%}"] for row in stages]
    lines = [*table(["stage", "CPU s", "share"], rows), "", "The ten costliest functions, without what they call:", ""]
    return lines + table(["function", "s"], [[name, f"{spent:.2f}"] for name, spent in functions.most_common(10)])


PARTS: dict[str, tuple[str, Callable[[argparse.Namespace], list[str]]]] = {
    "peers": ("Stages beside their peers", peers),
    "wrapping": ("Stages that wrap a library", wrapping),
    "reading": ("Reading and segmentation", reading),
    "building": ("Building a store", building),
    "study": ("The study on the five documents", study),
}


def written(title: str, lines: Sequence[str]) -> None:
    """Replace a section of the results."""
    head = "# Speed and memory\n\nWritten by `make bench`; `bench/__main__.py` says how.\n\n"
    text = RESULTS.read_text("utf-8") if RESULTS.exists() else head
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; " + ", ".join(
        f"{name} {version(name)}" for name in NAMED
    )
    section = f"## {title}\n\n{machine}.\n\n" + "\n".join(lines).rstrip() + "\n\n"
    sections = {part.split("\n", 1)[0]: "## " + part for part in re.split(r"^## ", text, flags=re.M)[1:]}
    sections[title] = section
    order = [name for name, _ in PARTS.values() if name in sections]
    RESULTS.write_text((head + "".join(sections[name].rstrip() + "\n\n" for name in order)).rstrip() + "\n", "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--megabytes", type=float, nargs="*", default=[10, 100], help="sizes of made corpora")
    parser.add_argument("--rounds", type=int, default=5, help="of which the best counts; fewer of what takes long")
    parser.add_argument("--pdf", type=Path, help="a folder of PDF files to read; made ones unless given")
    options = parser.parse_args()
    for name in options.only:
        title, part = PARTS[name]
        print(f"{title} …", file=sys.stderr)
        written(title, part(options))
    print(RESULTS.relative_to(Path.cwd()) if RESULTS.is_relative_to(Path.cwd()) else RESULTS)
    return 0


if __name__ == "__main__":
    sys.exit(main())

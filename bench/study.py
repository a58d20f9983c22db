"""CPU time of the whole study by stage, taken inside the kernels that run its notebooks, and its costliest functions.

Run from the root of the project: ``.venv/bin/python bench/study.py`` (some two minutes). The notebooks run as they are,
each between two cells that start a clock and write down what it told. Every five milliseconds of CPU time the clock
asks which function runs, and counts the time since it asked last for the stage of the innermost one that has a stage.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
STAGES = {
    "<frozen importlib": "imports",
    "print_pdf": "figures saved as PDF",
    "print_svg": "figures saved as SVG",
    "_palette": "figures saved as PNG",
    "wsis_nlp/figures": "figures drawn",
    "wsis_nlp/topic": "topics",
    "wsis_nlp/similarity": "similarity",
    "wsis_nlp/homogeneity": "similarity",
    "wsis_nlp/lineage": "lineage",
    "wsis_nlp/alignment": "lineage",
    "wsis_nlp/inheritance": "lineage",
    "wsis_nlp/comparison": "lineage",
    "wsis_nlp/keyness": "keyness",
    "wsis_nlp/permutation": "keyness",
    "wsis_nlp/emergence": "emergence",
    "wsis_nlp/drift": "drift and intervals",
    "wsis_nlp/intervals": "drift and intervals",
    "wsis_nlp/dispersion": "drift and intervals",
    "wsis_nlp/matrix": "matrix",
    "wsis_nlp/tokens": "tokens and mentions",
    "wsis_nlp/lexicon": "tokens and mentions",
    "wsis_nlp/mentions": "tokens and mentions",
    "wsis_nlp/sentences": "tokens and mentions",
    "wsis_nlp/words": "tokens and mentions",
    "wsis_nlp/segmentation": "reading and segmentation",
    "wsis_nlp/paragraphs": "reading and segmentation",
    "wsis_nlp/documents": "reading and segmentation",
    "wsis_nlp/read": "reading and segmentation",
    "wsis_nlp/encodings": "reading and segmentation",
    "wsis_nlp/concordance": "evidence and tables shown",
    "wsis_nlp/display": "evidence and tables shown",
    "wsis_nlp/export": "tables saved, hashes",
    "wsis_nlp/_files": "tables saved, hashes",
    "wsis_nlp/pages": "web pages",
}
"""A part of the file of a function, or its name, to the stage that its time counts for."""
START, WORKERS, OTHER = "kernels start", "topics, in worker processes", "cells and messages"
SECONDS = 0.005


class Clock:
    """CPU seconds of this process by stage and by function, since it began."""

    def __init__(self) -> None:
        self.stages: Counter[str] = Counter({START: time.process_time()})
        self.functions: Counter[str] = Counter()
        self.last = time.process_time()
        signal.signal(signal.SIGPROF, self.ask)
        signal.setitimer(signal.ITIMER_PROF, SECONDS, SECONDS)

    def ask(self, _: int, frame: FrameType | None) -> None:
        """Count the time since the last asking, a long call of another language included, for what runs now."""
        now = time.process_time()
        passed, self.last = now - self.last, now
        if frame:
            self.functions[f"{'/'.join(frame.f_code.co_filename.split('/')[-2:])}: {frame.f_code.co_name}"] += passed
        self.stages[stage_of(frame)] += passed

    def stop(self) -> dict[str, dict[str, float]]:
        """What was counted."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        spent = [resource.getrusage(resource.RUSAGE_CHILDREN)[:2]]
        spent += [one.cpu_times()[:2] for one in psutil.Process().children(recursive=True)]  # workers wait for more
        self.stages[WORKERS] = sum(map(sum, spent))
        return {"stages": self.stages, "functions": self.functions}


def stage_of(frame: FrameType | None) -> str:
    """The stage of the innermost function that has one."""
    while frame:
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        found = STAGES.get(name) or next((stage for part, stage in STAGES.items() if part in file), None)
        if found:
            return found
        frame = frame.f_back
    return OTHER


def timed_notebooks(folder: Path) -> None:
    """The notebooks of the study in a folder, each between two cells of a clock."""
    import nbformat

    for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        first = f"import sys; sys.path.append({str(ROOT / 'bench')!r}); from study import Clock; clock = Clock()"
        last = f"import json; open({str(folder / path.stem)!r}, 'w').write(json.dumps(clock.stop()))"
        cells = [nbformat.v4.new_code_cell(source) for source in (first, last)]
        notebook.cells = [cells[0], *notebook.cells, cells[1]]
        nbformat.write(notebook, folder / path.name)


def measured() -> tuple[list[dict[str, Any]], Counter[str]]:
    """Rows ``stage, seconds, share``, the last of them all, and the seconds of each function."""
    from wsis_nlp.reproduction import reproduce

    clock = Clock()
    clock.stages[OTHER] = clock.stages.pop(START)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        timed_notebooks(folder)
        reproduce(folder / "out", corpus=ROOT / "corpus", notebooks=folder)
        told = clock.stop()
        whole = sum(told["stages"].values())
        told["stages"].pop(WORKERS)  # of this process they are the kernels
        told = [told, *(json.loads(path.with_suffix("").read_text()) for path in sorted(folder.glob("*.ipynb")))]
    stages, functions = (sum((Counter(one[sort]) for one in told), Counter()) for sort in ("stages", "functions"))
    stages["kernels end"] = whole - stages.total()
    stages["whole study"] = whole
    rows = [
        {"stage": stage, "seconds": seconds, "share": seconds / whole}
        for stage, seconds in sorted(stages.items(), key=lambda item: item[1])
    ]
    return rows[::-1][1:] + rows[-1:], functions


def rows() -> list[dict[str, Any]]:
    """Rows ``stage, seconds, share`` of CPU time, the last of them the whole study."""
    return measured()[0]


def main() -> None:
    """Print the stages and the ten costliest functions."""
    stages, functions = measured()
    for row in stages:
        print(f"{row['stage']:<28} {row['seconds']:>7.2f} s {row['share']:>6.1%}")
    print("\nfunctions, without what they call, but for calls of other languages:")
    for name, seconds in functions.most_common(10):
        print(f"{seconds:>7.2f} s  {name}")


if __name__ == "__main__":
    sys.exit(main())

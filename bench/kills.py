"""Runs of the study that are killed at random moments: whether the old or the new results are there, whole, each time.

    python bench/kills.py --runs 10 --seed 1

A corpus of two documents has results; then one document is changed, and the study is run again and killed, with all
processes that it started, after a random share of the time that it takes. By hashes each file must be that of the old
results or each that of the new ones. The tests of the package kill a run at each change of files that it makes itself;
here kernels write as well.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONCEPTS = ("artificial intelligence", "data governance", "digital divides", "human rights", "connectivity")


def write(corpus: Path, shift: int) -> None:
    corpus.mkdir(exist_ok=True)
    for name, step in (("first", 1), ("second", shift)):
        lines = (
            f"{n}. We welcome {CONCEPTS[(n * step) % 5]} and note {CONCEPTS[(n + step) % 5]}." for n in range(1, 31)
        )
        (corpus / f"{name}.txt").write_text("\n\n".join(lines) + "\n", "utf-8")


def start(corpus: Path, out: Path) -> subprocess.Popen[bytes]:
    call = [sys.executable, "-m", "wsis_nlp.cli", "reproduce", "--corpus", str(corpus), "--out", str(out)]
    return subprocess.Popen(call, stderr=subprocess.DEVNULL, start_new_session=True)


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill a run and the kernels that it started, which are in sessions of their own."""
    children = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in children.splitlines()]
    doomed = [process.pid]
    for pid in doomed:
        doomed += [child for child, parent in pairs if parent == pid]
    for pid in doomed:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        corpus, out, old = Path(name, "texts"), Path(name, "out"), Path(name, "old")
        states = {}
        for state, shift in (("old", 2), ("new", 3)):
            write(corpus, shift)
            begun = time.monotonic()
            if start(corpus, out).wait():
                raise SystemExit("the study does not run")
            took = time.monotonic() - begun
            states[state] = hashes(out)
            if state == "old":
                shutil.copytree(out, old)
        print(f"a whole run takes {took:.0f} s and makes {len(states['new'])} files")
        draw, whole = random.Random(arguments.seed), 0
        for run in range(arguments.runs):
            shutil.rmtree(out)
            shutil.copytree(old, out)
            process, moment = start(corpus, out), draw.uniform(0, took)
            time.sleep(moment)
            kill_all(process)
            found = hashes(out)
            state = next((state for state, held in states.items() if held == found), "MIXED")
            whole += state != "MIXED"
            print(f"run {run + 1}: killed after {moment:.1f} s: {state}", flush=True)
        print(f"whole: {whole} of {arguments.runs}")
    return 0 if whole == arguments.runs else 1


if __name__ == "__main__":
    sys.exit(main())

"""Builds of a store that are killed at random moments and run again: whether the store is then the right one each time.

    python bench/kills_store.py --runs 20 --seed 1

A corpus of made documents has a store; then some are changed, added and removed, and the build is run again and killed
after a random share of the time that it takes, with its workers or alone, in turn; in every second run the store is
begun anew. What the next build makes must be the store of one that nobody killed, file by file, by hashes.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from kills import hashes
from made_corpus import document_text, made_corpus

SMALL = "import wsis_nlp.scale.shards as shards; shards.SMALLEST, shards.LARGEST = 60_000, 120_000"
CALL = f"{SMALL}; import sys; from wsis_nlp.cli import main; sys.exit(main(sys.argv[1:]))"


def start(texts: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    call = [sys.executable, "-c", CALL, "build", str(texts), "--out", str(out), "--workers", str(workers)]
    return subprocess.Popen(call, stderr=subprocess.DEVNULL, start_new_session=True)


def whole(texts: Path, out: Path, workers: int) -> float:
    begun = time.monotonic()
    if start(texts, out, workers).wait():
        raise SystemExit("the store is not built")
    return time.monotonic() - begun


def change(texts: Path, draw: random.Random) -> None:
    for number in draw.sample(range(1, 60), 20):
        (texts / f"text-{number}.txt").write_text(document_text(number, size=20_000, seed=2), "utf-8")
    for number in draw.sample(range(1, 60), 3):
        (texts / f"text-{number}.txt").unlink()
    for number in draw.sample(range(60, 80), 5):
        (texts / f"text-{number}.txt").write_text(document_text(number, size=20_000), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    draw, right = random.Random(arguments.seed), 0
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        texts, old, out = made_corpus(Path(name, "texts"), 60, size=20_000), Path(name, "old"), Path(name, "out")
        whole(texts, old, 1)
        change(texts, draw)
        took = whole(texts, Path(name, "new"), 1)
        expected = hashes(Path(name, "new"))
        print(f"a whole build takes {took:.1f} s and makes {len(expected)} files", flush=True)
        for run in range(arguments.runs):
            shutil.rmtree(out, ignore_errors=True)
            if run % 2:
                shutil.copytree(old, out)
            workers, moment = draw.choice((1, 2)), draw.uniform(0, took)
            process = start(texts, out, workers)
            time.sleep(moment)
            process.kill() if run % 4 < 2 else os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            shards = len(list(out.glob("shards/[0-9a-f]*")))
            whole(texts, out, workers)
            same = hashes(out) == expected
            right += same
            print(
                f"run {run + 1}: {workers} workers, killed after {moment:.1f} s with {shards} shards: "
                f"{'right' if same else 'WRONG'}",
                flush=True,
            )
    print(f"right: {right} of {arguments.runs}")
    return 0 if right == arguments.runs else 1


if __name__ == "__main__":
    sys.exit(main())

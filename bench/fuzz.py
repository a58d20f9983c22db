"""Readers, segmentation and registry fed with damaged input: whether each is read lawfully or refused in one line.

    python bench/fuzz.py pdf --seconds 600 --seed 1 --out build/fuzz

Targets are pdf, docx, html, segmentation and registry. Seeds are made by code, and the same ``--seed`` gives the same
inputs in the same order. Each input runs in a process with limits of time and memory, so that hangs and floods are
found as well. What is found stands in the folder: the input, and beside it (``.txt``) what happened. To keep one as a
case, see `tests/cases/fuzz/`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import signal
import sys
import time
import warnings
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

from fuzz_mutations import Mutator
from fuzz_seeds import SEEDS
from fuzz_targets import Outcome, message_class, outcome

PATIENCE = 20  # seconds of work on an input, however busy the machine is
MEMORY = 2 << 30  # bytes of a process


def serve(target: str, pipe: Connection) -> None:
    """Run inputs as they come, within the limit of memory, and send how each ended."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    while True:
        data = pipe.recv_bytes()
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)  # which ends the process
        pipe.send(outcome(target, data))


class Worker:
    """A process that runs inputs, and is begun anew where one hangs or ends it."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.start()

    def start(self) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=serve, args=(self.target, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def stop(self) -> None:
        self.process.kill()
        self.process.join()

    def run(self, data: bytes) -> Outcome:
        """How an input ends."""
        try:
            self.pipe.send_bytes(data)
            if self.pipe.poll(10 * PATIENCE):
                return self.pipe.recv()
            told = Outcome("fault", "waits without end")
        except (EOFError, OSError):
            self.process.join()
            hangs = self.process.exitcode == -signal.SIGVTALRM
            status = f"ends the process with status {self.process.exitcode}"
            told = Outcome("fault", f"takes more than {PATIENCE} seconds" if hangs else status)
        self.stop()
        self.start()
        return told


def main() -> int:
    """Feed a target until the time is over; print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=sorted(SEEDS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    options = parser.parse_args()
    mutator = Mutator(options.target, SEEDS[options.target](), seed=options.seed)
    worker = Worker(options.target)
    ends, refusals, faults = Counter[str](), Counter[str](), Counter[str]()
    slowest, tried, begun = (0.0, 0), 0, time.monotonic()
    while time.monotonic() - begun < options.seconds:
        data, start = mutator.input(tried), time.monotonic()
        found = worker.run(data)
        slowest = max(slowest, (time.monotonic() - start, tried))
        ends[found.end] += 1
        if found.end == "refused":
            refusals[message_class(found.told)] += 1
        if found.end == "fault":
            faults[found.told] += 1
            if faults[found.told] <= 3:
                keep(options.out, f"{options.target}-{options.seed}-{tried}", data, found)
        tried += 1
    worker.stop()
    came = ", ".join(f"{ends[end]} {name}" for end, name in (("accepted",) * 2, ("refused",) * 2, ("fault", "faults")))
    print(f"{options.target}: {tried} inputs tried, {came} of {len(faults)} sorts")
    print(f"the slowest, number {slowest[1]}, took {slowest[0]:.1f} s")
    for name, counts in (("refused", refusals), ("fault", faults)):
        for told, count in counts.most_common(20):
            print(f"{count:8} {name}: {told}")
    return 1 if faults else 0


def keep(folder: Path, name: str, data: bytes, found: Outcome) -> None:
    """Write an input that showed a fault, and what happened."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.bin").write_bytes(data)
    (folder / f"{name}.txt").write_text(f"{found.told}\n{found.trace}\n", "utf-8", "backslashreplace")


if __name__ == "__main__":
    sys.exit(main())

"""Building a store by one process, two, and two workers of Dask: time, memory, and whether the stores are equal.

    python bench/build.py --megabytes 5 20 40 --repeats 3

Each build of made documents of some 40 kB is a process of its own. ``wall`` is the time of the build, once workers of
Dask have started; ``cpu`` what this process and its workers used, ``idle`` the wall time that two cores would need if
they had nothing else to do: half of that, or the own part of the builder where that is more. On a machine with other
work only the latter two tell anything. ``memory`` is the peak of the builder and of the largest worker.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from kills import hashes
from made_corpus import made_corpus

from wsis_nlp import build_store

MODES = ("one process", "two processes", "two of Dask")


def usage() -> tuple[float, float]:
    """Seconds of CPU, and peak of memory in MB, of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def prepared() -> tuple[float, float]:
    import wsis_nlp.scale.tables  # noqa: F401

    return usage()


def one(mode: str, texts: Path, out: Path) -> dict[str, Any]:
    with ExitStack() as stack:
        given: dict[str, Any] = {"workers": 2} if mode == MODES[1] else {}
        before: dict[str, tuple[float, float]] = {}
        if mode == MODES[2]:
            from distributed import Client, LocalCluster

            local = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
            cluster = stack.enter_context(LocalCluster(**local))
            given["client"] = stack.enter_context(Client(cluster))
            before = given["client"].run(prepared)
        own, _ = prepared()
        begun = time.monotonic()
        build_store(texts, out, **given)
        wall, (end, peak) = time.monotonic() - begun, usage()
        after = given["client"].run(usage) if before else {}
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    others = [after[name][0] - before[name][0] for name in before] or [children.ru_utime + children.ru_stime]
    largest = max([held for _, held in after.values()] or [children.ru_maxrss / 1024])
    return {"wall": wall, "own": end - own, "workers": sum(others), "peak": peak, "peak of a worker": largest}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, nargs="+", default=[5, 20, 40])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", nargs=3, metavar=("MODE", "TEXTS", "OUT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        mode, texts, out = arguments.one
        print(json.dumps(one(mode, Path(texts), Path(out))))
        return 0
    equal = True
    print(f"{'MB':>4} {'by':14} {'wall s':>7} {'cpu s':>7} {'idle s':>7} {'MB/s idle':>9} {'memory MB':>12}")
    for size in arguments.megabytes:
        with tempfile.TemporaryDirectory(prefix="build-") as name:
            texts, stores, best = made_corpus(Path(name, "texts"), 25 * size, size=40_000), [], {}
            megabytes = sum(file.stat().st_size for file in texts.iterdir()) / 1e6
            for _ in range(arguments.repeats):
                for mode in MODES:
                    out = Path(name, "store")
                    call = [sys.executable, __file__, "--one", mode, str(texts), str(out)]
                    made = json.loads(subprocess.run(call, stdout=subprocess.PIPE, check=True).stdout)
                    stores.append(hashes(out))
                    shutil.rmtree(out)
                    for key, value in made.items():
                        best[mode, key] = min(value, best.get((mode, key), value))
            equal &= all(store == stores[0] for store in stores)
            for mode in MODES:
                wall, own, workers, peak, other = (best[mode, key] for key in made)
                idle = own + workers if mode == MODES[0] else max(own, (own + workers) / 2)
                memory = f"{peak:.0f}, {other:.0f}" if mode != MODES[0] else f"{peak:.0f}"
                told = f"{wall:7.1f} {own + workers:7.1f} {idle:7.1f} {megabytes / idle:9.2f} {memory:>12}"
                print(f"{megabytes:4.0f} {mode:14} {told}", flush=True)
    print("stores are equal" if equal else "stores DIFFER")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())

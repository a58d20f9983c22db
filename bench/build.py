"""Building a store by one process, two, and two workers of Dask: time, memory, and whether the stores are equal.

    python -m bench.build --megabytes 1 10 100 --repeats 3

Each build of made documents of some 40 kB is a process of its own; of some builds that of the least ``wall`` is told,
with all its figures. ``wall`` is the seconds of the build on the clock, once workers of Dask have started; ``own`` and
``workers`` are seconds of CPU of the builder and of its workers together, ``peak`` and ``peak of a worker`` the most
megabytes that the builder and the largest worker held (resident size). On a machine with other work the seconds on the
clock tell little.
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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import made
from bench.kills import hashes
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

            local = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
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


def rows(sizes: Sequence[float], repeats: int) -> Iterator[dict[str, Any]]:
    """The quickest of some builds for each size and mode; stores that are not equal, byte for byte, end it."""
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="build-") as name:
            texts, out, stores = made.write(Path(name, "texts"), size), Path(name, "store"), []
            megabytes = sum(file.stat().st_size for file in texts.iterdir()) / 1e6
            told: dict[str, list[dict[str, Any]]] = {mode: [] for mode in MODES}
            for _ in range(repeats):
                for mode in MODES:
                    call = [sys.executable, "-m", "bench.build", "--one", mode, str(texts), str(out)]
                    told[mode].append(json.loads(subprocess.run(call, stdout=subprocess.PIPE, check=True).stdout))
                    stores.append(hashes(out))
                    shutil.rmtree(out)
            if any(store != stores[0] for store in stores):
                raise SystemExit(f"{megabytes:.0f} MB: the stores are not equal; nothing is compared")
            for mode, builds in told.items():
                yield {"mb": megabytes, "mode": mode} | min(builds, key=lambda one: one["wall"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, nargs="+", default=[1, 10, 100])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", nargs=3, metavar=("MODE", "TEXTS", "OUT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        mode, texts, out = arguments.one
        print(json.dumps(one(mode, Path(texts), Path(out))))
        return 0
    for row in rows(arguments.megabytes, arguments.repeats):
        print(
            " ".join(f"{name} {value:.2f}" if isinstance(value, float) else value for name, value in row.items()),
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

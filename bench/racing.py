"""A race of a stage and a peer: the same work in one process, in turns; CPU time and peak memory.

What both give is compared before anything is measured, where the two give the same thing.
"""

from __future__ import annotations

import ctypes
import gc
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]
SHORT, ENOUGH = 0.3, 60.0


@dataclass(frozen=True)
class Race:
    """A stage and its peer: two functions without arguments, and whether what they give is equal; ``compared`` says in
    what, and both are empty where the two give different things.

    ``limit`` is how many times as fast as the peer the stage is to be, ``memory`` what part of its memory it may take.
    """

    stage: str
    peer: str
    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    equal: Callable[[Any, Any], bool] | None
    limit: float | None = None
    memory: float | None = None
    compared: str = ""


def run(race: Race, *, rounds: int = 5) -> Row:
    """Best CPU seconds of each in turns, and how much memory each takes at most besides what was there.

    In a round what is short is done again and again, for ``SHORT`` seconds; what takes long is done in fewer rounds
    than are asked for, since none begins after ``ENOUGH`` seconds.
    """
    if race.equal and not race.equal(race.ours(), race.theirs()):
        raise SystemExit(f"{race.stage}: {race.peer} gives something else; nothing is compared")
    often = {name: 1 + int(SHORT / _seconds(getattr(race, name))) for name in ("ours", "theirs")}
    spent: dict[str, list[float]] = {name: [] for name in often}
    begun = time.process_time()
    while len(spent["ours"]) < rounds and (not spent["ours"] or time.process_time() - begun < ENOUGH):
        for name, times in often.items():
            spent[name].append(_seconds(getattr(race, name), times))
    ours, theirs = (min(spent[name]) for name in spent)
    return {
        "stage": race.stage, "peer": race.peer, "ours_seconds": ours, "peer_seconds": theirs, "ratio": theirs / ours,
        "ours_mb": megabytes(race.ours), "peer_mb": megabytes(race.theirs), "limit": race.limit,
        "memory_limit": race.memory, "compared": race.compared or "not compared",
        "rounds": len(spent["ours"]),
    }  # fmt: skip


def _seconds(work: Callable[[], Any], times: int = 1) -> float:
    gc.collect()
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def megabytes(work: Callable[[], Any]) -> float:
    """Growth of the resident size, at its peak, while a forked process does the work again (Linux)."""
    gc.collect()
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(here, str(_growth(work)).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)  # whatever happens, nothing of what the parent does is done here
    os.close(here)
    with os.fdopen(there) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    if not told:
        raise SystemExit("memory was not measured, since the process that does it has failed")
    return int(told) / 1024


def _growth(work: Callable[[], Any]) -> int:
    """Kilobytes by which the resident size of this process grows, at its peak, when it does the work once more."""
    work()  # what it loads stays, and is no growth of the second time
    ctypes.CDLL(None).malloc_trim(0)  # what was freed would be taken without growth
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _resident("VmRSS")
    work()
    return _resident("VmHWM") - before


def _resident(name: str) -> int:
    """Kilobytes of one line of what the system tells of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

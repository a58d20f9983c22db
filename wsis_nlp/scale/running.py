"""Who makes the tables of shards: this process, other processes of this machine, or a cluster of Dask.

All run one function, on bytes that this process reads, and give back bytes that it writes: nobody else needs the files.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from typing import Any, NamedTuple

from wsis_nlp._checks import InputError, listing
from wsis_nlp.readers import import_extra
from wsis_nlp.scale.shards import Held, Outcome, Shard, Source, recipe

ATTEMPTS = 3  # for a shard whose worker dies
IN_FLIGHT = 256_000_000  # bytes of documents that are under way at once, whatever the number of workers
PATIENCE, LOOK = 30.0, 1.0  # seconds that a cluster may be without workers, and after which it is asked again
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "BLIS")}


class Task(NamedTuple):
    """A shard, and those of its documents whose tables are to be made."""

    shard: Shard
    missing: tuple[Held, ...]


Load = Callable[[Task], list[Source]]


def run(tasks: Iterable[Task], load: Load, *, workers: int, client: Any) -> Iterator[tuple[Task, Outcome]]:
    """Make the tables of tasks, in any order; no more of them are in flight than workers need, or memory has room for.

    An `InputError` names the documents of a shard over which worker after worker dies.
    """
    shard_tables = import_extra("wsis_nlp.scale.tables", "scale", task="to build a store").shard_tables
    if client is not None:
        yield from _on_cluster(tasks, load, shard_tables, client)
    elif workers > 1:
        with one_thread_each():
            yield from _in_processes(tasks, load, shard_tables, workers)
    else:
        for task in tasks:
            yield task, shard_tables(load(task), recipe())


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Let processes that are started here do linear algebra in one thread, so that they do not take each other's."""
    held = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in held.items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})


def _in_processes(tasks: Iterable[Task], load: Load, work: Any, workers: int) -> Iterator[tuple[Task, Outcome]]:
    """Run tasks in processes; where one dies, the shards that were in flight are done again, one at a time."""
    waiting, failed, suspects = deque(tasks), Counter[str](), set[str]()
    while waiting:
        context = multiprocessing.get_context("spawn")
        executor = ProcessPoolExecutor(min(workers, len(waiting)), mp_context=context, initializer=_end_with_parent)
        pending: dict[Future[Outcome], Task] = {}
        try:
            while waiting or pending:
                for task, outcome in _some(
                    executor, waiting, pending, load, work, limit=1 if suspects else 2 * workers
                ):
                    suspects.discard(task.shard.name)
                    yield task, outcome
        except BrokenExecutor:
            for task in pending.values():
                failed[task.shard.name] += 1
                suspects.add(task.shard.name)
                if failed[task.shard.name] == ATTEMPTS:
                    raise InputError(_given_up(task)) from None
            waiting.extendleft(pending.values())
        finally:
            executor.shutdown(cancel_futures=True)


def _given_up(task: Task) -> str:
    named = [one.document.id for one in task.missing]
    more = f" and {len(named) - 5} more" if len(named) > 5 else ""
    said = f"workers die, time and again, over the shard of these documents: {listing(named[:5])}{more}"
    advice = "it may want memory: take fewer workers, or leave a document out"
    return f"{said}; {advice}; a script starts workers under if __name__ == '__main__':"


def _some(
    executor: Executor, waiting: deque[Task], pending: dict[Future[Outcome], Task], load: Load, work: Any, *,
    limit: int, seconds: float | None = None,
) -> Iterator[tuple[Task, Outcome]]:  # fmt: skip
    """Fill what is in flight up to its limits, and give what is done, if anything is within some seconds."""
    room = IN_FLIGHT - sum(map(_size, pending.values()))
    while waiting and len(pending) < limit and (not pending or _size(waiting[0]) <= room):
        room -= _size(waiting[0])
        # A task is taken away only when it is under way, since a broken pool refuses it.
        pending[executor.submit(work, load(waiting[0]), recipe())] = waiting[0]
        waiting.popleft()
    done, _ = wait(pending, timeout=seconds, return_when=FIRST_COMPLETED)
    for future in done:
        outcome = future.result()
        yield pending.pop(future), outcome


def _size(task: Task) -> int:
    return sum(one.size for one in task.missing)


def _end_with_parent() -> None:
    """Let this process end when the one that started it is killed, which else nobody tells it, and not before."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _on_cluster(tasks: Iterable[Task], load: Load, work: Any, client: Any) -> Iterator[tuple[Task, Outcome]]:
    """Run tasks on Dask, whose scheduler gives the shards of a lost worker to another."""
    distributed = import_extra("distributed", "scale", task="to use a scheduler")
    waiting, pending = deque(tasks), dict[Future[Outcome], Task]()
    executor, address = client.get_executor(pure=False), client.scheduler.addr
    idle = 0.0
    try:
        while waiting or pending:
            threads = _threads(client)
            # Without a worker tasks are sent all the same, since some clusters start workers only for tasks.
            idle = 0.0 if threads else idle + LOOK
            if idle > PATIENCE:
                raise InputError(_deserted(address))
            limit = max(2, sum(one + 1 for one in threads))
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
                yield from _some(executor, waiting, pending, load, work, limit=limit, seconds=LOOK)
    except distributed.KilledWorker:
        raise InputError(_given_up(next(pending[one] for one in pending if one.done() and one.exception()))) from None
    except (CancelledError, distributed.comm.CommClosedError):
        raise InputError(f"the scheduler {address} is gone; build again: what is done is kept") from None
    except ImportError as fault:
        raise InputError(f"the workers of {address} cannot run the package ({fault})") from None
    finally:
        executor.shutdown(wait=False)


def _threads(client: Any) -> list[int]:
    """How many threads each worker has."""
    try:
        return list(client.nthreads().values())
    except (OSError, AttributeError):  # the latter where a client has given up, and has no scheduler to ask
        raise CancelledError from None


def _deserted(address: str) -> str:
    advice = f"start one (dask worker {address}) and build again: what is done is kept"
    return f"the scheduler {address} has had no worker for {PATIENCE:g} seconds; {advice}"


@contextmanager
def connected(client: Any) -> Iterator[Any]:
    """The Dask client of an address such as ``tcp://host:8786``; one that is given as such stays open."""
    if not isinstance(client, str):
        yield client
        return
    distributed = import_extra("distributed", "scale", task="--scheduler")
    try:
        # Before a client is made, since one that cannot be makes a noise when it goes.
        distributed.comm.get_address_host_port(client)
        made = distributed.Client(client, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as fault:
        said = " ".join(str(fault).split())
        raise InputError(f"scheduler {client!r}: cannot be reached ({said}); it is such as tcp://host:8786") from None
    with made:
        yield made

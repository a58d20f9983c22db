"""Coverage of the intervals of rates by simulation, and the speed of the bootstrap.

Run from the root of the project: ``.venv/bin/python bench/coverage.py [RUNS]`` (5,000 runs a cell unless told, half a
minute). Exit status 1 where a bound below does not hold. Tests do not read these figures.

A document is simulated as a number of paragraphs. Their lengths are lognormal, with a mean of 80 tokens and a standard
deviation of the logarithm of 0.6: the documents of the corpus have means of 50 to 80 and deviations of 0.42 to 0.65,
and long and unequal paragraphs are the harder case, since more mentions fall on one. A paragraph has Poisson(length ·
rate · gamma(shape) / shape) mentions, at most its length; the gamma factor, 1 in the mean, makes a concept come in
bursts, more so at shape 0.2 than at 1. An interval covers where the rate lies within its limits: 95 % of runs should.
Paragraphs are independent here; where neighbours are alike, all methods cover less.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from itertools import product

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from wsis_nlp.intervals import Interval, difference_interval, rate_interval

SEED = 20250701
PARAGRAPHS = (20, 40, 80, 120, 7)
"""The last as in the fragment of the corpus, without a bound."""
SHAPES = (0.2, 1.0)
RATES = (0.3, 1.0, 3.0, 10.0)
"""Mentions per 1,000 tokens."""
MEAN_LENGTH, SPREAD = 80, 0.6
BOUNDS = {0.88: (20, 40), 0.92: (80, 120)}
"""The least coverage that the default must have, and the numbers of paragraphs for which it is asked."""
DIFFERENCES = {"b - a = 0": 1, "b - a = 2a": 3}
"""Rate of b as a multiple of that of a."""
BLOCK = 500
"""Runs that share the resamples of one seed of the bootstrap."""


def simulate(
    rng: np.random.Generator, paragraphs: int, runs: int, *, rate: float, shape: float
) -> tuple[np.ndarray, np.ndarray]:
    """Counts and lengths of many documents: a row for each paragraph, a column for each run."""
    size = (paragraphs, runs)
    lengths = np.maximum(1, np.rint(rng.lognormal(np.log(MEAN_LENGTH) - SPREAD**2 / 2, SPREAD, size)))
    expected = lengths * rate / 1000 * rng.gamma(shape, 1 / shape, size)
    return np.minimum(rng.poisson(expected), lengths), lengths


def bootstrap(counts: np.ndarray, lengths: np.ndarray) -> Interval:
    """Bootstrap of each column, with other resamples for every block of them."""
    blocks = [slice(start, start + BLOCK) for start in range(0, counts.shape[1], BLOCK)]
    told = [
        rate_interval(counts[:, block], lengths[:, block], method="bootstrap", random_state=seed)
        for seed, block in enumerate(blocks)
    ]
    return Interval(*(np.concatenate(part) for part in zip(*told, strict=True)))


def coverage(interval: Interval, rate: float) -> float:
    return float(((interval.low <= rate / 1000) & (rate / 1000 <= interval.high)).mean())


def zeros(paragraphs: int, shape: float, *, runs: int) -> float:
    """Share of documents without a mention, at a rate of the upper limit that a zero has in each; 2.5 % should be."""
    _, lengths = simulate(np.random.default_rng(SEED), paragraphs, runs, rate=1.0, shape=shape)
    # A Poisson count with a gamma factor is 0 with this probability, which needs no draw.
    none = (1 + lengths * rate_interval(np.zeros_like(lengths), lengths).high / shape) ** -shape
    return float(none.prod(axis=0).mean())


def one_cell(paragraphs: int, shape: float, rate: float, *, runs: int, cell: int) -> dict[str, float]:
    """Coverage and mean width by method, the share of rates above the default's limits, coverage of differences."""
    rng = np.random.default_rng([SEED, cell])
    counts, lengths = simulate(rng, paragraphs, runs, rate=rate, shape=shape)
    default = rate_interval(counts, lengths)
    told = {"KG": default, "Wilson": rate_interval(counts, lengths, method="wilson")}
    told["boot"] = bootstrap(counts, lengths)
    row = {"paragraphs": paragraphs, "shape": shape, "rate": rate}
    row |= {name: coverage(interval, rate) for name, interval in told.items()}
    row |= {f"{name} width": 1000 * float((one.high - one.low).mean()) for name, one in told.items()}
    row["above KG"] = float((default.high < rate / 1000).mean())
    for name, times in DIFFERENCES.items():
        others = simulate(rng, paragraphs, runs, rate=times * rate, shape=shape)
        row[name] = coverage(difference_interval(counts, lengths, *others), (times - 1) * rate)
    return row


def report_coverage(runs: int) -> bool:
    """Print the table of all cells, the worst of them, and whether the bounds hold."""
    print(f"Coverage of 95 % intervals and their mean width per 1,000 tokens, {runs:,} runs a cell.")
    print("KG: Korn and Graubard; Wilson: of tokens; boot: bootstrap of paragraphs; above KG: rates above KG's limits;")
    print("b - a: difference of two documents by KG, b having the rate of a, or three times as much.")
    cells = product(PARAGRAPHS, SHAPES, RATES)
    table = pd.DataFrame([one_cell(*one, runs=runs, cell=cell) for cell, one in enumerate(cells)])
    print(table.to_string(index=False, formatters={name: "{:.2f}".format for name in table if "width" in name}))
    print("The least coverage by paragraphs, and the share of documents without a mention, at either shape, where the")
    print("rate is the upper limit of a zero (2.5 % should be):")
    lowest = table.groupby("paragraphs", sort=False)[["KG", "Wilson", "boot", *DIFFERENCES]].min()
    for shape in SHAPES:
        lowest[f"zeros {shape}"] = [zeros(one, shape, runs=runs) for one in PARAGRAPHS]
    print(lowest.round(4).to_string())
    held = []
    for least, sizes in BOUNDS.items():
        lowest = table.loc[table["paragraphs"].isin(sizes), "KG"].min()
        held.append(lowest >= least)
        print(f"{'PASS' if held[-1] else 'FAIL'}: KG at least {least} at {sizes} paragraphs: {lowest:.4f}")
    return all(held)


def plain_bootstrap(parts: Iterable[np.ndarray], lengths: np.ndarray, resamples: int) -> list[np.ndarray]:
    """Percentile bootstrap as one writes it down: draw paragraphs, sum and divide, for each part of the counts."""
    rng = np.random.default_rng(0)
    limits = []
    for counts in parts:
        rates = []
        for _ in range(resamples):
            drawn = rng.integers(len(lengths), size=len(lengths))
            rates.append(counts[drawn].sum(axis=0) / lengths[drawn].sum())
        limits.append(np.quantile(rates, [0.025, 0.975], axis=0))
    return limits


def report_speed(concepts: int = 15, paragraphs: int = 120, resamples: int = 1000) -> bool:
    """Print the CPU time of the bootstrap and of plain loops, the best of some calls."""
    counts, lengths = simulate(np.random.default_rng(SEED), paragraphs, concepts, rate=3.0, shape=1.0)
    lengths = np.maximum(lengths[:, 0], counts.max(axis=1))

    def seconds(call: Callable[[], object], times: int) -> float:
        taken = []
        for _ in range(times):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
        return min(taken)

    quick = seconds(lambda: rate_interval(counts, lengths, method="bootstrap", resamples=resamples), 5)
    loop = seconds(lambda: plain_bootstrap(counts.T, lengths, resamples), 2)
    joint = seconds(lambda: plain_bootstrap([counts], lengths, resamples), 5)
    print(
        f"Bootstrap of {concepts} concepts in {paragraphs} paragraphs, {resamples:,} resamples: {1000 * quick:.1f} ms;"
    )
    print(f"a loop over resamples takes {1000 * joint:.1f} ms, over concepts and resamples {1000 * loop:.0f} ms")
    print(
        f"{'PASS' if loop >= 10 * quick else 'FAIL'}: at least 10 times as fast as the plain loop: {loop / quick:.0f}"
    )
    return loop >= 10 * quick


if __name__ == "__main__":
    with threadpool_limits(1):
        held = [report_coverage(int(sys.argv[1]) if len(sys.argv) > 1 else 5000), report_speed()]
    sys.exit(0 if all(held) else 1)

"""Figure of keyness: terms by how often they occur in two groups, and by how much more in one of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.ticker import NullLocator

from wsis_nlp._checks import InputError, check_whole
from wsis_nlp.figures import style

TICKS = [digit * 10**power for power in range(7) for digit in (1, 2, 5)]
SURE, BOUND = "p below {}", "only the conservative bound of the log ratio is other than 0"
OTHER = "others; a dot may be several"


@style.house_style()
def keyness_figure(
    table: pd.DataFrame,
    *,
    names: tuple[str, str],
    labels: int = 16,
    level: float = 0.05,
    width: str = "springer-double",
) -> Figure:
    """Terms by their occurrences in two groups (a logarithmic scale) and their log ratio.

    Terms that stand out are triangles, which point up where group a has more of them: filled where ``p`` is below
    ``level``, hollow where ``low`` alone is not 0. The most key terms of each group are named, in grey where they do
    not stand out; a name that would cover another is left out.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each term, the most key first: ``term``, ``count_a``, ``count_b`` (together at least 1),
        ``log_ratio`` (positive where a has more; NaN is not drawn), ``low`` (its conservative bound), ``p``.
    names : tuple of two str
        What the groups are called, a and b.
    labels : int
        How many terms are named at most, half of them of each group.
    level : float
    width : str
        A name in `WIDTHS_MM`.
    """
    style.check_rows(table, ["term", "count_a", "count_b", "log_ratio", "low", "p"], key=["term"], name="keyness table")
    check_whole(labels, name="labels", least=1)
    if isinstance(names, str) or len(names) != 2:
        raise InputError(f"names are {names!r}; needed are two, of group a and of group b")
    both = table["count_a"] + table["count_b"]
    for term in table.loc[~(both >= 1), "term"]:
        raise InputError(f"term {term!r} of the keyness table has no occurrence; allowed is 1 or more in both groups")
    sort = np.select([table["p"] < level, table["low"].abs() > 0], [SURE, BOUND], OTHER)
    points = table.assign(both=both, sort=sort).dropna(subset="log_ratio")
    mm = style.width_mm(width)
    high, wide, peak = min(0.75 * mm, 90.0), mm - 21, 1.1 * max([1, *points["log_ratio"].abs()])
    told = zip((SURE.format(level), BOUND, OTHER), (SURE, BOUND, OTHER), strict=True)
    counted = [f"{note} (terms: {(points['sort'] == kept).sum():,})" for note, kept in told]
    notes = [style.wrapped(note, mm - 10, lines=2) for note in counted]
    down = high + 16 + 3.5 * sum(len(note.splitlines()) for note in notes)
    figure = style.sheet(mm, down)
    axes = style.place(figure, 15, 6, wide, high)
    axes.set(xscale="log", xlim=(both.min() / 1.3, both.max() * 1.5), ylim=(-peak, peak))
    _scales(axes, names, wide, high)
    _draw(axes, points)
    _name(axes, points, labels)
    handles, _ = axes.get_legend_handles_labels()
    pairs: list[Any] = [tuple(handles[:2]), tuple(handles[2:4]), handles[4]]  # up and down
    figure.legend(
        pairs,
        notes,
        handler_map={tuple: HandlerTuple(ndivide=None)},
        loc="lower left",
        bbox_to_anchor=(1 / mm, 1 / down),
        borderpad=0,
    )
    return figure


def _scales(axes: Axes, names: tuple[str, str], wide: float, high: float) -> None:
    """Ticks and titles of both scales."""
    axes.set_xlabel("occurrences in both together")
    least, most = axes.get_xlim()  # beyond the points by factors of 1.3 and 1.5
    ticks = [tick for tick in TICKS if least * 1.29 <= tick <= most / 1.49]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_title("log ratio (base 2)", fontsize=style.SMALL, x=-12 / wide)
    for name, middle in zip(names, (0.75, 0.25), strict=True):
        axes.text(-11 / wide, middle, style.wrapped(f"more in {name}", high / 2 - 3, lines=2), rotation=90,
                  transform=axes.transAxes, ha="center", va="center", fontsize=style.SMALL)  # fmt: skip


def _draw(axes: Axes, points: pd.DataFrame) -> None:
    """A dot for a term that does not stand out, of which many fall on one place, and a triangle for the others."""
    axes.axhline(0, color=style.QUIET, linewidth=0.4, zorder=0)
    others = points[points["sort"] == OTHER].drop_duplicates(["both", "log_ratio"])
    for sort, fill in ((SURE, None), (BOUND, "white")):
        for colour, mark, in_a in ((style.COLOURS[0], "^", True), (style.COLOURS[1], "v", False)):
            rows = points[(points["sort"] == sort) & (points["log_ratio"].ge(0) == in_a)]
            axes.plot(rows["both"], rows["log_ratio"], color=colour, marker=mark, markersize=4, linestyle="none",
                      markerfacecolor=fill or colour, zorder=3, label=sort)  # fmt: skip
    axes.plot(others["both"], others["log_ratio"], color=style.QUIET, alpha=0.5, marker="o", markersize=1.8,
              markeredgewidth=0, linestyle="none", label=OTHER)  # fmt: skip


def _name(axes: Axes, points: pd.DataFrame, labels: int) -> None:
    """Write the most key terms of each side, those that stand out before the others."""
    order = points.sort_values("sort", key=lambda sorts: sorts == OTHER, kind="stable")
    in_a = order["log_ratio"] >= 0
    shown = order[order.groupby(in_a).cumcount() < np.where(in_a, labels - labels // 2, labels // 2)]
    spots = style.in_mm(axes, points[["both", "log_ratio"]])
    taken = [(*spot, 1.0 if sort == OTHER else 10.0) for spot, sort in zip(spots, points["sort"], strict=True)]
    for row in shown.to_dict("records"):
        at, text = (row["both"], row["log_ratio"]), str(row["term"])
        start, covered = style.free_place(axes, at, text, taken, style.BESIDE + style.AROUND)
        if covered < 1000:
            taken += style.label_points(start, text, 1000)
            style.put_label(axes, text, at, start, color=style.QUIET if row["sort"] == OTHER else style.INK)

"""Figure of differences: the rates of concepts in two documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from wsis_nlp._checks import InputError
from wsis_nlp.figures import style

# The place of whiskers, and looks; where both marks meet, the circle of a lies within the square of b.
SIDES: dict[str, tuple[float, dict[str, Any]]] = {
    "a": (-0.17, {"color": style.COLOURS[0], "marker": "o", "markersize": 3.8, "zorder": 4}),
    "b": (0.17, {"color": style.COLOURS[1], "marker": "s", "markersize": 5, "zorder": 3}),
}
RATES = [f"{name}_{side}" for name in ("doc", "rate", "low", "high") for side in SIDES]
DIFFERENCE = ["difference", "difference_low", "difference_high"]
FILLS = {
    style.QUIET: "filled: the interval of the difference, b less a, excludes 0 (each interval stands for itself)",
    "white": "hollow: it does not",
}


@style.house_style()
def difference_figure(
    table: pd.DataFrame, *, titles: Mapping[str, str] | None = None, width: str = "springer-double"
) -> Figure:
    """Rates of concepts in two documents, joined by a line, in the order of their differences, which are printed.

    The marks of a concept are filled where the interval of its difference excludes 0, and hollow elsewhere. Each
    interval stands for itself: of many, some exclude 0 by chance.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each concept: ``concept``, ``doc_a``, ``doc_b`` (the same two documents in all rows), and, per 1,000
        words, ``rate_a``, ``low_a``, ``high_a``, ``rate_b``, ``low_b``, ``high_b`` (limits are drawn as whiskers),
        ``difference`` (b less a), ``difference_low``, ``difference_high``; where known ``stage_a`` and ``stage_b`` (a
        ``fragment``, and the ``inputs`` of one agency, are named so). What is NaN is not drawn.
    titles : mapping of str to str, optional
        Concept to the name of its row; the concept itself where it has none.
    width : str
        A name in `WIDTHS_MM`.
    """
    style.check_rows(table, ["concept", *RATES, *DIFFERENCE], key=["concept"], name="table of differences")
    for column in ("doc_a", "doc_b"):
        if (documents := table[column].nunique()) != 1:
            raise InputError(f"{column} of the table of differences has {documents} documents; allowed is one")
    rows = table.sort_values("difference", ascending=False, kind="stable").to_dict("records")
    mm, names = style.width_mm(width), [str((titles or {}).get(row["concept"], row["concept"])) for row in rows]
    numbers = [[f"{row[each]:+.2f}".replace("-", "−").replace("+nan", "–") for each in DIFFERENCE] for row in rows]
    shown = [f"{number} ({low} to {high})" if mm > 120 else number for number, low, high in numbers]
    left = min(max(map(style.mm_wide, names)) + 4, 0.36 * mm)
    right = max(map(style.mm_wide, [*shown, "difference"])) + 4
    entries = _legend(rows[0], mm - 10)
    row_mm = 5 if mm > 120 else 5.6
    down = row_mm * len(rows) + 15 + 3.5 * sum(str(entry.get_label()).count("\n") + 1 for entry in entries)
    figure = style.sheet(mm, down)
    axes = style.place(figure, left, 5, mm - left - right, row_mm * len(rows))
    for place, row in enumerate(rows):
        _dumbbell(axes, place, row)
    for place, text in enumerate(["difference", *shown], -1):
        axes.annotate(text, (1, place), xycoords=axes.get_yaxis_transform(), xytext=(8, 0), va="center_baseline",
                      textcoords="offset points", fontsize=style.SMALL, color=style.INK)  # fmt: skip
    axes.set_yticks(range(len(rows)), [style.wrapped(name, left - 4, lines=2) for name in names])
    axes.set(xlabel="mentions per 1,000 words", xlim=(0, None), ylim=(len(rows) - 0.5, -0.5))
    axes.tick_params(axis="y", length=0, pad=6)
    figure.legend(handles=entries, loc="lower left", bbox_to_anchor=(1 / mm, 1 / down), borderpad=0)
    return figure


def _dumbbell(axes: Axes, place: int, row: dict[Any, Any]) -> None:
    """The rates of a concept, joined, with light whiskers a little above the line and below it."""
    sure = row["difference_low"] > 0 or row["difference_high"] < 0
    axes.axhline(place, color=style.PALE, linewidth=0.4, zorder=0)
    axes.plot([row["rate_a"], row["rate_b"]], [place, place], color=style.INK, linewidth=1, zorder=2)
    for side, (shift, look) in SIDES.items():
        axes.plot([row[f"low_{side}"], row[f"high_{side}"]], [place + shift] * 2, color=look["color"], alpha=0.5,
                  linewidth=0.8, marker="|", markersize=3, clip_on=False)  # fmt: skip
        axes.plot([row[f"rate_{side}"]], [place], **look, markerfacecolor=look["color"] if sure else "white",
                  clip_on=False, label=f"{side} {row['concept']}")  # fmt: skip


def _legend(row: dict[Any, Any], room: float) -> list[Line2D]:
    """An entry for each document, and one for each filling."""
    looks = [look for _, look in SIDES.values()]
    looks += [{"color": style.QUIET, "marker": "o", "markerfacecolor": fill} for fill in FILLS]
    places = {"a": "a, whisker above", "b": "b, whisker below"}
    words = [f"{place}: {row[f'doc_{side}']}{style.NOTES.get(row.get(f'stage_{side}', ''), '')}"
             for side, place in places.items()]  # fmt: skip
    words = [style.wrapped(each, room, lines=2) for each in (*words, *FILLS.values())]
    return [Line2D([], [], linestyle="none", label=each, **look) for each, look in zip(words, looks, strict=True)]

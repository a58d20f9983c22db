"""Figure of drift: mentions of each concept per 1,000 words, at the dates of the documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from wsis_nlp._checks import InputError
from wsis_nlp.figures import style

Row = dict[Any, Any]  # of the table
Looks = dict[str, dict[str, Any]]  # series to colour, marker and dashes
NEEDED = ("doc_id", "date", "concept", "count", "rate_per_1000", "low", "high", "stage", "series")
MARKERS, DASHES = "os^vPXh", ("-", "--", "-.", ":")
BELOW, ABOVE = 6.0, 4.2  # mm of a panel for labels under zero and over the greatest rate
SHAPES: Looks = {"inputs": {"marker": "D"}, "fragment": {"markerfacecolor": "none", "markersize": 7}}
UNDER: list[style.Place] = [(0, 0.5, rise) for rise in (-3.9, 3.9, 6.5, -6.5)]


@style.house_style()
def drift_figure(
    table: pd.DataFrame, *, titles: Mapping[str, str] | None = None, width: str = "springer-double"
) -> Figure:
    """Mentions per 1,000 words at the dates of the documents: a panel per concept, on a scale of its own.

    Lines join documents of one series and nothing else. A fragment is drawn hollow, named at its point and joined to
    nothing, as absence from it proves nothing; its upper limit is printed, and its whisker ends in an arrow where it
    would press the others flat. Each point bears its count; the legend lists the documents by date. A document without
    a date is refused with an `InputError`.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each document and concept: ``doc_id``, ``date`` (ISO, also ``2016-05`` or ``2016``, drawn in the
        middle of the month or year), ``concept``, ``count``, ``rate_per_1000`` (NaN is not drawn), ``low`` and
        ``high`` (limits of the rate, drawn as whiskers; NaN draws none), ``stage`` (``draft``, ``adopted``,
        ``inputs``, ``fragment``), ``series``. Panels are in the order of first occurrence.
    titles : mapping of str to str, optional
        Concept to the title of its panel; the concept itself where it has none.
    width : str
        A name in `WIDTHS_MM`.
    """
    style.check_rows(table, NEEDED, key=["doc_id", "concept"], name="drift table")
    mm, concepts = style.width_mm(width), list(dict.fromkeys(table["concept"]))
    years = [_decimal_year(when, who) for who, when in zip(table["doc_id"], table["date"], strict=True)]
    looks = {series: {"color": style.COLOURS[nth % 7], "marker": MARKERS[nth % 7], "linestyle": DASHES[nth % 4]}
             for nth, series in enumerate(dict.fromkeys(table["series"]))}  # fmt: skip
    table = table.assign(year=years).sort_values("year", kind="stable")
    columns = 1 if len(concepts) <= 4 else 2 if len(concepts) <= 8 or mm < 120 else 3
    rows, wide = ceil(len(concepts) / columns), (mm - 5) / columns - 10
    margin = max(max(years) - min(years), 1.0) * 9 / (wide - 18)  # 9 mm for the outermost labels
    entries = _legend(table, looks, mm - 24)
    foot = 3 + 3.5 * sum(len(str(entry.get_label()).splitlines()) for entry in entries)
    high = max(min(32.0 if columns == 1 else 26.0, (style.PAGE_MM - foot) / rows - 9), 15.0)
    down = rows * (high + 9) + foot
    figure = style.sheet(mm, down)
    for number, concept in enumerate(concepts):
        row, column = divmod(number, columns)
        axes = style.place(figure, 14 + column * (wide + 10), 6 + row * (high + 9), wide, high)
        axes.set_xlim(min(years) - margin, max(years) + margin)
        axes.xaxis.set_major_locator(MaxNLocator(int(wide // 10), integer=True, steps=[1, 2, 5, 10]))
        axes.tick_params(labelbottom=number + columns >= len(concepts))
        title = style.wrapped((titles or {}).get(concept, concept), wide + 6, size=7)
        axes.set_title(title, fontsize=7, x=-7 / wide)
        _panel(axes, table[table["concept"] == concept], looks, high)
    figure.text(2.4 / mm, (down + foot) / 2 / down, "mentions per 1,000 words", rotation=90, ha="center", va="center")
    figure.legend(handles=entries, loc="lower left", bbox_to_anchor=(14 / mm, 1 / down), borderpad=0)
    return figure


def _decimal_year(when: object, doc_id: object) -> float:
    """An ISO date as a year with its fraction; a month or year alone is about its middle."""
    text = str(when)
    try:
        day = date.fromisoformat(text + {4: "-07-02", 7: "-15"}.get(len(text), ""))
    except ValueError:
        allowed = "YYYY, YYYY-MM or YYYY-MM-DD"
        raise InputError(f"document {doc_id!r} has the date {when!r}; allowed is {allowed}") from None
    return day.year + (day.timetuple().tm_yday - 1) / 366


def _legend(table: pd.DataFrame, looks: Looks, room: float) -> list[Line2D]:
    """An entry for each document: its mark, date and series, and what a reader must know of its stage."""
    entries, limited = [], table.loc[table["high"].notna(), "doc_id"].unique()
    for row in table.drop_duplicates("doc_id").to_dict("records"):
        date = f" ({row['date']})" if row["date"] else ""
        series = f", {row['series']}" if row["series"] else ""
        words = f"{row['doc_id']}{date}{series}{style.NOTES.get(row['stage'], '')}"
        if row["stage"] == "fragment" and row["doc_id"] in limited:
            words += "; ≤ its upper limit (arrow: above the scale)"
        mark = looks[row["series"]] | {"linestyle": "none"} | SHAPES.get(row["stage"], {})
        entries.append(Line2D([], [], label=style.wrapped(words, room, lines=3), **mark))
    return entries


def _panel(axes: Axes, rows: pd.DataFrame, looks: Looks, high: float) -> None:
    """One concept in axes of a height in mm: lines within series, points, whiskers, and their counts."""
    rows = rows.dropna(subset="rate_per_1000")
    whole = rows[rows["stage"] != "fragment"]
    peak = float(np.nanmax([0.0, *rows["rate_per_1000"], *whole["high"]])) or float(np.nanmax([0.0, *rows["high"]]))
    peak = peak or 1.0
    per_mm = peak / (high - BELOW - ABOVE)
    top = peak + 2 * per_mm
    axes.set_yticks(MaxNLocator(3 if high > 18 else 2, steps=[1, 2, 5, 10]).tick_values(0, peak))
    axes.set_ylim(-BELOW * per_mm, peak + ABOVE * per_mm)
    for series, own in whole.groupby("series", sort=False):
        if str(series) and len(own) > 1:
            line = looks[str(series)] | {"marker": "none", "label": f"series {series}"}
            axes.plot(own["year"], own["rate_per_1000"], **line)
    for row in rows.to_dict("records"):
        mark = looks[row["series"]] | {"linestyle": "none", "label": f"document {row['doc_id']}"}
        mark |= SHAPES.get(row["stage"], {})
        axes.plot([row["year"]], [row["rate_per_1000"]], clip_on=False, zorder=3, **mark)
        _whisker(axes, row, looks[row["series"]]["color"], top)
    _labels(axes, rows, top)
    axes.axhline(0, color=style.QUIET, linewidth=0.4, zorder=0)
    for year in rows["year"]:
        axes.axvline(year, color=style.PALE, linewidth=0.5, zorder=0)


def _whisker(axes: Axes, row: Row, colour: str, top: float) -> None:
    """The limits of a rate; those of a fragment dotted, as it may hide others, and cut off at an arrow at the top."""
    if not row["low"] <= row["high"]:
        return
    look: dict[str, Any] = {"color": colour, "linewidth": 0.8, "marker": "_", "markersize": 3.5, "zorder": 2}
    look |= {"linestyle": ":", "zorder": 1} if row["stage"] == "fragment" else {}
    cut = row["high"] > top
    axes.plot([row["year"]] * 2, [row["low"], min(row["high"], top)], markevery=[0] if cut else None, **look)
    if cut:
        axes.plot([row["year"]], [top], color=colour, marker=6, markersize=3.5, label=f"cut {row['doc_id']}")


def _labels(axes: Axes, rows: pd.DataFrame, top: float) -> None:
    """Counts at points and limits of fragments, where they cover neither marks and lines nor one another."""
    taken: list[Any] = []
    for line in axes.lines:
        spots, weight = style.in_mm(axes, line.get_xydata()), 1.0 if line.get_marker() == "none" else 9.0
        taken += [(*spot, 9.0) for spot in spots]
        for start, end in pairwise(spots):
            taken += [(*spot, weight) for spot in np.linspace(start, end, 2 + int(4 * np.hypot(*(end - start))))]
    texts = []
    # Fragments come first: their counts stand under their points and whiskers, and the others give way.
    for row in sorted(rows.to_dict("records"), key=lambda each: each["stage"] != "fragment"):
        year, count, low, high = row["year"], f"n={row['count']}", row["low"], row["high"]
        if row["stage"] != "fragment":
            texts.append((count, (year, row["rate_per_1000"]), style.BESIDE + style.AROUND))
            continue
        if low <= high:
            texts.append((f"≤{high:.3g}", (year, min(high, top)), style.BESIDE))
        texts.append((f"fragment, {count}", (year, low if low <= high else row["rate_per_1000"]), UNDER))
    for text, at, places in texts:
        start, _ = style.free_place(axes, at, text, taken, places)
        taken.extend(style.label_points(start, text, 30))
        style.put_label(axes, text, at, start, color=style.INK, bbox={"facecolor": "white", "lw": 0, "pad": 0.2})

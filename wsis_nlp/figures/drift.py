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
from numpy.typing import NDArray

from wsis_nlp._checks import InputError
from wsis_nlp.figures import style

Places = NDArray[np.float64]
Looks = dict[str, dict[str, Any]]  # series to colour, marker and dashes
NEEDED = ("doc_id", "date", "concept", "count", "rate_per_1000", "low", "high", "stage", "series")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS, DASHES = "os^vPXh", ("-", "--", "-.", ":")
BELOW, ABOVE = 6.0, 4.2  # mm of a panel for labels under zero and over the greatest rate
SHAPES: Looks = {"inputs": {"marker": "D"}, "fragment": {"markerfacecolor": "none", "markersize": 7}}
LEADER = {"arrowstyle": "-", "linewidth": 0.7, "shrinkA": 0, "shrinkB": 3.5}
NOTES = {"inputs": ", one agency's proposed text", "fragment": ", fragment: absence from it proves nothing"}


@style.house_style()
def drift_figure(
    table: pd.DataFrame, *, titles: Mapping[str, str] | None = None, width: str = "springer-double"
) -> Figure:
    """Mentions per 1,000 words at the dates of the documents: a panel per concept, on a scale of its own.

    Lines join documents of one series and nothing else. A fragment is drawn hollow, named at its point and joined to
    nothing, as absence from it proves nothing. Each point bears its count; the legend lists the documents by date. A
    document without a date is refused with an `InputError`.

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
    looks = {series: {"color": COLOURS[number % 7], "marker": MARKERS[number % 7], "linestyle": DASHES[number % 4]}
             for number, series in enumerate(dict.fromkeys(table["series"]))}  # fmt: skip
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
    entries = []
    for row in table.drop_duplicates("doc_id").to_dict("records"):
        words = f"{row['doc_id']} ({row['date']}), {row['series']}{NOTES.get(row['stage'], '')}"
        mark = looks[row["series"]] | {"linestyle": "none"} | SHAPES.get(row["stage"], {})
        entries.append(Line2D([], [], label=style.wrapped(words, room, lines=3), **mark))
    return entries


def _panel(axes: Axes, rows: pd.DataFrame, looks: Looks, high: float) -> None:
    """One concept in axes of a height in mm: lines within series, points, whiskers, and their counts."""
    rows = rows.dropna(subset="rate_per_1000")
    peak = float(np.nanmax([0.0, *rows["rate_per_1000"], *rows["high"]])) or 1.0
    per_mm = peak / (high - BELOW - ABOVE)
    axes.set_yticks(MaxNLocator(3, steps=[1, 2, 5, 10]).tick_values(0, peak))
    axes.set_ylim(-BELOW * per_mm, peak + ABOVE * per_mm)
    for series, own in rows[rows["stage"] != "fragment"].groupby("series", sort=False):
        if str(series) and len(own) > 1:
            line = looks[str(series)] | {"marker": "none", "label": f"series {series}"}
            axes.plot(own["year"], own["rate_per_1000"], **line)
    for row in rows.to_dict("records"):
        look, year = looks[row["series"]], row["year"]
        mark = look | {"linestyle": "none", "label": f"document {row['doc_id']}"} | SHAPES.get(row["stage"], {})
        axes.plot([year], [row["rate_per_1000"]], clip_on=False, zorder=3, **mark)
        if row["low"] == row["low"] and row["high"] == row["high"]:
            axes.plot([year, year], [row["low"], row["high"]], color=look["color"], linewidth=0.8, zorder=2)
    _counts(axes, rows, looks)
    axes.axhline(0, color=style.QUIET, linewidth=0.4, zorder=0)
    for year in rows["year"]:
        axes.axvline(year, color=style.PALE, linewidth=0.5, zorder=0)


def _counts(axes: Axes, rows: pd.DataFrame, looks: Looks) -> None:
    """The number of mentions at each point, where it covers neither marks and lines nor another number."""
    scale = style.INCH / axes.figure.dpi

    def in_mm(places: Any) -> Places:
        return (np.asarray(axes.transData.transform(places)) - axes.bbox.min) * scale

    taken = [in_mm(rows[["year", "rate_per_1000"]])] * 9  # a mark weighs as much as a label or a stretch of line
    for line in axes.lines:
        taken += [np.linspace(start, end, 50) for start, end in pairwise(in_mm(line.get_xydata()))]
    # Fragments come first: their labels stand under their points, at the end of a line, and the others give way.
    for row in sorted(rows.to_dict("records"), key=lambda each: each["stage"] != "fragment"):
        fragment, at = row["stage"] == "fragment", (row["year"], row["rate_per_1000"])
        text = f"fragment, n={row['count']}" if fragment else f"n={row['count']}"
        spot, long = in_mm(at), style.mm_wide(text)
        left, rise = _free_place(spot, long, np.vstack(taken), np.array(axes.bbox.size) * scale, under=fragment)
        taken += [spot + [(left + along, rise + up) for along in np.arange(0, long)] for up in (-0.7, 0.7)]
        leader = LEADER | {"color": looks[row["series"]]["color"]} if abs(rise) > 3 else None
        axes.annotate(text, at, xytext=(left * 72 / style.INCH, rise * 72 / style.INCH), textcoords="offset points",
                      va="center_baseline", fontsize=style.SMALL, color=style.INK, zorder=2.5,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.2},
                      arrowprops=leader)  # fmt: skip


def _free_place(spot: Places, long: float, taken: Places, room: Places, *, under: bool) -> tuple[float, float]:
    """From a mark to the start of its label's middle line (mm): the first place that covers least."""
    places = [(left, 0.0) for left in (1.6, -1.6 - long)]
    places += [(left, rise) for rise in (2.8, -2.8, 5.2, -5.2) for left in (0.7, -long / 2, -0.7 - long)]
    if under:
        places = [(-long / 2, rise) for rise in (-3.9, 3.9, 6.5, -6.5)]

    def covered(place: tuple[float, float]) -> float:
        low, high = spot + place - np.array([1, 2]), spot + place + np.array([long + 1, 2])
        outside = max(0.0, *(-low - 1), *(high - room - [4, 1]))
        return 1000 * float(outside) + float(np.all((taken > low) & (taken < high), axis=1).sum())

    return min(places, key=covered)

"""Figures of topic models: the scan of numbers of topics, and topics over documents."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from wsis_nlp._checks import InputError, check_known, check_whole, listing
from wsis_nlp.figures import style

HATCH, HATCH_INK = "////", "#A8A8A8"
MEASURES = {
    "stability": "stability: agreement with models of resamples", "seeds": "stability over starts",
    "npmi": "coherence: NPMI", "u_mass": "coherence: u_mass", "exclusivity": "exclusivity",
    "explained": "share explained",
}  # fmt: skip
LIMITS = ["value", "low", "high", "shuffled", "shuffled_low", "shuffled_high"]
NEAR: list[style.Place] = [(0, 0.5, 2.1), (0, 0.5, -2.1)]  # above and below the middle of a label
SHARES = ["prevalence", "low", "high"]
KEY = "Dots: means over resamples of the text (or over random starts); whiskers: 2.5th to 97.5th percentile."
SHUFFLED = " Grey: texts of shuffled words, from the least to the greatest; dashed: their mean."


def unreadable(table: pd.DataFrame) -> list[Any]:
    """Topics whose ``agreement``, where a table has it, is too small for them to be read."""
    from wsis_nlp.topics import READABLE

    return [] if "agreement" not in table else list(table.loc[table["agreement"] < READABLE, "topic"].unique())


def hatching_note(width: float) -> str:
    """What hatching says, in lines of a width in mm."""
    from wsis_nlp.topics import READABLE

    return style.wrapped(f"hatched: agreement below {READABLE:g}, not to be read as a topic", width, size=6, lines=4)


@style.house_style()
def topic_scan_figure(table: pd.DataFrame, *, recommended: int | None, width: str = "springer-double") -> Figure:
    """Stability and other measures of topic models over their number of topics, beside those of shuffled words.

    A panel for each measure, on a scale of its own; that of stability is the largest and has a line at 0.6, from which
    topics may be read.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each number of topics and measure: ``topics``, ``measure`` (``stability`` and any of ``seeds``,
        ``npmi``, ``u_mass``, ``exclusivity``, ``explained``), ``value`` with its limits ``low`` and ``high`` (drawn as
        whiskers), ``shuffled`` with ``shuffled_low`` and ``shuffled_high`` (drawn as a band). What is NaN is not drawn,
        nor is a measure without a value.
    recommended : int or None
        The number of topics to be marked, or None to mark none.
    width : str
        A name in `WIDTHS_MM`.
    """
    style.check_rows(table, ["topics", "measure", *LIMITS], key=["topics", "measure"], name="table of the scan")
    check_known(table["measure"], list(MEASURES), name="measure")
    known = table.dropna(subset="value").sort_values("topics")
    shown = [name for name in MEASURES if (known["measure"] == name).any()]
    if "stability" not in shown:
        raise InputError("table of the scan has no value of stability; allowed is one or more")
    numbers = known["topics"].unique().tolist()
    if recommended is not None and check_whole(recommended, name="recommended") not in numbers:
        raise InputError(f"recommended is {recommended}; allowed are None and the numbers scanned: {listing(numbers)}")
    mm, others = style.width_mm(width), len(shown) - 1
    # The small panels stand beside the large one, or below it where the figure is narrow.
    columns, beside, above = (3, 0.36 * mm, 0.0) if mm > 120 else (2, 0.0, 52.0)
    pitch, block, rows = (mm - beside) / columns, 33.0, ceil((others + 1) / columns)
    down = above + block * max(rows, 2 if beside else 0) + 3
    figure = style.sheet(mm, down)
    for nth, name in enumerate(shown):
        row, column = divmod(nth - 1, columns)
        left, top, wide, tall = beside + pitch * column, above + block * row, pitch, block - 11
        if nth == 0:
            left, top, wide, tall = 0.0, 0.0, beside or mm, (above or down) - 14
        axes = style.place(figure, left + 9, top + 6, wide - 12, tall)
        axes.set_title(style.wrapped(MEASURES[name], wide - 2, size=7), fontsize=7, x=-7 / (wide - 12))
        axes.set_xlabel("number of topics" if nth == 0 or nth + columns > others else "")
        start, end = min(numbers) - 0.6, max(numbers) + 0.6
        room = (style.mm_wide("readable") + 2) * (nth == 0)  # beside the whiskers
        axes.set_xlim(start, end + (end - start) * room / (wide - 12 - room))
        _measure(axes, known[known["measure"] == name], recommended, main=nth == 0)
    left, top = beside + pitch * (others % columns) + 2, above + block * (others // columns) + 6
    key = style.wrapped(KEY + SHUFFLED * bool(known["shuffled"].notna().any()), pitch - 4, size=6, lines=12)
    figure.text(left / mm, 1 - top / down, key, va="top", fontsize=6, color=style.QUIET)
    return figure


def _measure(axes: Axes, rows: pd.DataFrame, recommended: int | None, *, main: bool) -> None:
    """One measure: its band of shuffled words below, and its means with their whiskers."""
    x, value, low, high = (rows[name] for name in ("topics", *LIMITS[:3]))
    band = rows if len(rows) > 1 else pd.concat([rows.assign(topics=x - 0.3), rows.assign(topics=x + 0.3)])
    axes.fill_between(
        band["topics"], band["shuffled_low"], band["shuffled_high"], color=style.PALE, linewidth=0, zorder=0
    )
    axes.plot(
        band["topics"], band["shuffled"], color=style.QUIET, linestyle="--", linewidth=0.8, label="shuffled", zorder=1
    )
    axes.plot(x, value, color=style.COLOURS[0], linewidth=0.8, marker="o", markersize=3.2, label="value", zorder=3)
    for spot, start, end in zip(x, low, high, strict=True):
        axes.plot([spot, spot], [start, end], color=style.COLOURS[0], linewidth=0.8, marker="_", markersize=3,
                  label="limits", zorder=2)  # fmt: skip
    ticks = MaxNLocator(12 if main else 6, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1)
    axes.set_xticks([tick for tick in ticks.tick_values(x.min(), x.max()) if x.min() <= tick <= x.max()])
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    if rows["measure"].iloc[0] in ("stability", "seeds"):
        axes.set(ylim=(0, 1.03), yticks=[0, 0.2, 0.4, 0.6, 0.8, 1] if main else [0, 0.5, 1])
    ringed = rows[x == recommended]
    axes.plot(ringed["topics"], ringed["value"], color=style.INK, marker="o", markersize=8, markerfacecolor="none",
              linestyle="none", label="recommended", zorder=4)  # fmt: skip
    axes.autoscale_view()  # else places in mm are those of the empty axes
    if main:
        _label(axes, rows, ringed)


def _label(axes: Axes, rows: pd.DataFrame, ringed: pd.DataFrame) -> None:
    """Name the lines where the names cover least, and the line of what is readable at its end."""
    from wsis_nlp.topics import READABLE

    x = np.linspace(rows["topics"].min(), rows["topics"].max(), 40)
    tracks = {name: np.column_stack([x, np.interp(x, rows["topics"], rows[name])]) for name in LIMITS}
    spots = [(style.in_mm(axes, tracks["value"]), 1000.0), (style.in_mm(axes, tracks["shuffled"]), 10.0)]
    spots += [(style.in_mm(axes, tracks[edge]), 5.0) for edge in ("shuffled_low", "shuffled_high")]
    spots += [(style.in_mm(axes, np.linspace((at, low), (at, high), 40)), 1000.0)
              for at, low, high in rows[["topics", "low", "high"]].to_numpy(float)]  # fmt: skip
    taken = [(*spot, weight) for line, weight in spots for spot in line.tolist() if spot[1] == spot[1]]
    axes.axhline(READABLE, color=style.INK, linewidth=0.6, label="readable", zorder=1)
    end = (axes.get_xlim()[1], READABLE)
    beside = style.in_mm(axes, [end])[0] + (-style.mm_wide("readable") - 1.3, 1.4)
    style.put_label(axes, "readable", end, beside, color=style.INK)
    taken += style.label_points(beside, "readable", 1000)
    line = np.column_stack([np.linspace(*axes.get_xlim(), 80), np.full(80, READABLE)])
    taken += [(*spot, 1000.0) for spot in style.in_mm(axes, line).tolist()]
    tops = np.column_stack([ringed["topics"], ringed["high"].fillna(ringed["value"])])
    words: list[tuple[str, style.Places, list[style.Place]]] = [
        *((f"recommended: {at:.0f}", tops, [*NEAR, *style.AROUND]) for at in ringed["topics"]),
        ("text", np.vstack([tracks[name] for name in LIMITS[:3]]), [*NEAR, *style.BESIDE]),
        ("shuffled words", np.vstack([tracks[name] for name in LIMITS[3:]]), NEAR),
    ]
    room = axes.bbox.width * style.INCH / axes.figure.dpi - 0.5
    for text, line, places in words:
        known, points = line[~np.isnan(line[:, 1])], np.array(taken)
        found = [(*style.free_place(axes, at, text, points, places), at) for at in known]
        found = [each for each in found if 0.5 < each[0][0] < room - style.mm_wide(text) and each[0][1] > 1.5]
        start, covered, at = min(found, key=lambda each: each[1], default=(x, np.inf, x))
        if covered < np.inf:
            style.put_label(axes, text, (at[0], at[1]), start, color=style.INK)
            taken += style.label_points(start, text, 1000)


@style.house_style()
def topic_prevalence_figure(table: pd.DataFrame, *, width: str = "springer-double") -> Figure:
    """How much of each document each topic takes, in per cent: a panel for each topic, a dot for each document.

    All panels have one scale. Those of topics that are not to be read are hatched.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each document and topic: ``doc_id`` (drawn in the order of first occurrence), ``topic``, ``label``,
        ``prevalence`` (share of the document, 0 to 1; NaN is not drawn), and where known ``low`` and ``high`` (limits
        of an interval, drawn as whiskers; NaN draws none), ``stage`` (the dots of a ``fragment`` are hollow, and a note
        says so) and ``agreement`` (of the topic, see `topic_quality`; below 0.6 it is hatched).
    width : str
        A name in `WIDTHS_MM`.
    """
    style.check_rows(table, ["doc_id", "topic", "label", "prevalence"], key=["doc_id", "topic"], name="prevalences")
    shares = table.reindex(columns=SHARES).astype(float)
    if ((shares < -1e-9) | (shares > 1 + 1e-9)).to_numpy().any():
        raise InputError("prevalence of a topic, or a limit of it, is outside 0 and 1; allowed are shares of documents")
    mm, hatched, topics = style.width_mm(width), unreadable(table), sorted(table["topic"].unique())
    table = table.reindex(columns=["doc_id", "topic", "label", "stage"])
    table[SHARES] = 100 * shares
    hollow = list(table.loc[table["stage"] == "fragment", "doc_id"].unique())
    names, labels = list(table["doc_id"].unique()), table.drop_duplicates("topic").set_index("topic")["label"]
    rows = ceil(len(topics) / (4 if mm > 120 else 2))
    columns, left = ceil(len(topics) / rows), min(max(style.mm_wide(str(name)) for name in names) + 4, 0.3 * mm)
    pitch, tall = (mm - left) / columns, 3.8 * len(names)
    wide, most = min(pitch - 7, 60.0), float(np.nanmax([1.0, *table[SHARES].max()]))
    titles = [style.wrapped(f"{topic}. {labels[topic]}", wide + 5, lines=3) for topic in topics]
    lines = [max(title.count("\n") + 1 for title in titles[columns * row :][:columns]) for row in range(rows)]
    tops = np.cumsum([2 + 2.8 * count for count in lines]) + (tall + 6) * np.arange(rows)
    proof = f"hollow: {listing(hollow)}{style.NOTES['fragment']}"
    notes = [style.wrapped(proof, mm - 4, size=6, lines=3)] * bool(hollow) + [hatching_note(mm - 4)] * bool(hatched)
    note = "\n".join(notes)
    down = float(tops[-1]) + tall + 7 + 2.8 * len(note.splitlines())
    figure = style.sheet(mm, down)
    for number, topic in enumerate(topics):
        row, column = divmod(number, columns)
        axes = style.place(figure, left + pitch * column, float(tops[row]), wide, tall)
        axes.set_title(titles[number], fontsize=style.SMALL)
        axes.patch.set(hatch=HATCH if topic in hatched else None, edgecolor=HATCH_INK)
        axes.set_xlim(0, 1.04 * most)
        axes.set_xlabel("% of what topics explain", fontsize=6, color=style.QUIET, loc="left", labelpad=1)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
        axes.set_yticks(range(len(names)), [style.wrapped(str(name), left - 3.5) for name in names])
        axes.tick_params(axis="y", length=0, pad=4, labelleft=column == 0)
        _dots(axes, table[table["topic"] == topic].set_index("doc_id").reindex(names), hollow)
    figure.text(1.5 / mm, 1 / down, note, fontsize=6, color=style.QUIET)
    return figure


def _dots(axes: Axes, rows: pd.DataFrame, hollow: list[Any]) -> None:
    """A dot for each document with its whisker, and its number at the right."""
    look: dict[str, Any] = {"color": style.COLOURS[0], "markersize": 4, "clip_on": False}
    for place, (doc_id, share, low, high) in enumerate(rows[SHARES].itertuples()):
        fill, dashes = ("white", ":") if doc_id in hollow else (style.COLOURS[0], "-")
        axes.axhline(place, color=style.PALE, linewidth=0.4, zorder=0.5)
        axes.plot([low, high], [place] * 2, marker="|", linestyle=dashes, linewidth=0.9, label="limits", **look)
        axes.plot([share], [place], marker="o", markerfacecolor=fill, label=f"share {doc_id}", zorder=3, **look)
        number = "" if np.isnan(share) else "<1" if 0 < share < 0.5 else f"{share:.0f}"
        axes.annotate(number, (1, place), xycoords=axes.get_yaxis_transform(), xytext=(12, 0), ha="right", fontsize=6,
                      va="center_baseline", textcoords="offset points", color=style.INK)  # fmt: skip
    axes.set_ylim(len(rows) - 0.5, -0.5)

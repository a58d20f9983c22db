"""Figures of horizontal bars: the terms of topics, and the corpus."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wsis_nlp.figures import style
from wsis_nlp.figures.topics import HATCH, hatching_note, unreadable
from wsis_nlp.showing import one_line

NUMBERS = 16.0  # mm of a panel for bars and their numbers, at least


class Panel(NamedTuple):
    """Bars on a scale that ends at the greatest value."""

    title: str
    names: list[str]
    values: pd.Series[float]
    greatest: float
    hatched: bool = False


@style.house_style()
def corpus_figure(table: pd.DataFrame, *, width: str = "springer-double") -> Figure:
    """The documents at a glance: words and units of the body by kind, one row for each document.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each document, in the order to be drawn: ``doc_id``, ``title``, ``date``, ``stage``, ``series``,
        ``tokens`` (words of the body), ``preambular``, ``operative``, ``subparagraph`` (units, on one scale).
    width : str
        A name in `WIDTHS_MM`.
    """
    facts, units = ["date", "stage", "series"], ["preambular", "operative", "subparagraph"]
    style.check_rows(table, ["doc_id", "title", *facts, "tokens", *units], key=["doc_id"], name="corpus table")
    rows = table[["title", *facts]].itertuples(index=False)
    names = [f"{one_line(str(title))}\n{', '.join(str(fact) for fact in known if fact)}" for title, *known in rows]
    panels = [Panel("words", names, table["tokens"], table["tokens"].max())]
    panels += [Panel(kind, names, table[kind], table[units].max().max()) for kind in units]
    return _panels(style.width_mm(width), panels, per_row=4, row_mm=12, bar_mm=3.2)


@style.house_style()
def topic_terms_figure(table: pd.DataFrame, *, width: str = "springer-double") -> Figure:
    """The terms of greatest weight in each topic: a panel of bars for each topic, all on one scale.

    Bars of topics that are not to be read are hatched.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each topic and term: ``topic``, ``label`` (left out where it only repeats terms of the panel),
        ``rank`` (1 is the heaviest), ``term``, ``weight`` (at least 0), and where known ``agreement`` (of the topic,
        see `topic_quality`; below 0.6 it is hatched).
    width : str
        A name in `WIDTHS_MM`.
    """
    style.check_rows(table, ["topic", "label", "rank", "term", "weight"], key=["topic", "rank"], name="topic terms")
    mm, panels, hatched, shown = style.width_mm(width), [], unreadable(table), table["term"].astype(str)
    for topic, rows in table.sort_values(["topic", "rank"]).groupby("topic"):
        terms, label = list(rows["term"].astype(str)), str(rows["label"].iloc[0])
        repeats = set(label.replace(",", " ").split()) <= set(" ".join(terms).split())
        title = f"Topic {topic}" if repeats else f"Topic {topic}: {label}"
        panels.append(Panel(title, terms, rows["weight"], table["weight"].max(), topic in hatched))
    per_row = min(len(panels), 4)
    while per_row > 2 and any("…" in style.wrapped(term, mm / per_row - NUMBERS - 2.9, lines=2) for term in shown):
        per_row -= 1
    return _panels(mm, panels, per_row=per_row, row_mm=3.2, bar_mm=2.24, apart=True, digits=3, unit="weight")


def _panels(
    mm: float, panels: list[Panel], *, per_row: int, row_mm: float, bar_mm: float, apart: bool = False, digits: int = 0,
    unit: str = "",
) -> Figure:  # fmt: skip
    """Panels in rows; the names of the bars stand left of each panel (apart) or of each row of panels."""
    size, share = (style.SMALL, 0.34) if mm > 120 else (6.0, 0.29)
    lines = [line for panel in panels for name in panel.names for line in name.splitlines()]
    names_mm = min(max(map(style.mm_wide, lines)) + 3, mm / per_row - NUMBERS if apart else share * mm)
    panel_mm = mm / per_row - names_mm if apart else (mm - names_mm) / per_row
    title_mm = names_mm + panel_mm - 3 if apart else panel_mm - 0.1
    titles = [style.wrapped(panel.title, title_mm, size=size, lines=2) for panel in panels]
    head = 3 + 3 * max(len(title.splitlines()) for title in titles)
    note = hatching_note(mm - 4) if any(panel.hatched for panel in panels) else ""
    rows, foot = range(0, len(panels), per_row), 1 + (3 * note.count("\n") + 3.5 if note else 0)
    for most in (3, 2, 1) if apart else (2,):  # fewer lines for a name where the figure would pass the page
        fit = partial(style.wrapped, width=names_mm - 2.9, lines=most)
        names = [["\n".join(map(fit, name.splitlines())) for name in panel.names] for panel in panels]
        ends = [np.cumsum([max(row_mm, 2.75 * name.count("\n") + 3.2) for name in own]) for own in names]
        blocks = [head + 3 * bool(unit) + max(own[-1] for own in ends[row : row + per_row]) for row in rows]
        if sum(blocks) + foot <= style.PAGE_MM:
            break
    down = sum(blocks) + foot
    figure = style.sheet(mm, down)
    for number, panel in enumerate(panels):
        row, column = divmod(number, per_row)
        left = names_mm + column * (panel_mm + names_mm * apart)
        axes = style.place(figure, left, sum(blocks[:row]) + head, panel_mm - 1, ends[number][-1])
        middles = ends[number] - np.diff(ends[number], prepend=0) / 2
        _bars(axes, panel, middles, wide=panel_mm - 1, tall=ends[number][-1], height=bar_mm, digits=digits)
        axes.set_title(titles[number], fontsize=size, x=(2 - names_mm) / (panel_mm - 1) if apart else 0)
        axes.set_xlabel(unit, fontsize=6, color=style.QUIET, loc="left", labelpad=1)
        if apart or column == 0:
            axes.set_yticks(middles, names[number])
    figure.text(2 / mm, 1 / down, note, fontsize=6, color=style.QUIET)
    return figure


def _bars(
    axes: Axes, panel: Panel, rows: NDArray[np.float64], *, wide: float, tall: float, height: float, digits: int
) -> None:
    """Bars in axes of a size in mm, and their numbers behind them; rows are their middles."""
    sizes = panel.values.to_numpy(float)
    fill, hatch = ("white", 2 * HATCH) if panel.hatched else (style.BAR, None)
    axes.barh(rows, np.nan_to_num(sizes), height=height, facecolor=fill, edgecolor=style.BAR, hatch=hatch)
    for row, size in zip(rows, sizes, strict=True):
        number = "" if np.isnan(size) else f"{size:,.{digits}f}"
        number = f"<{10.0**-digits:g}" if size > 0 and not number.strip("0.") else number
        axes.annotate(number, (np.nan_to_num(size), row), xytext=(2, 0), textcoords="offset points", fontsize=6,
                      color=style.INK, va="center_baseline")  # fmt: skip
    numbers_mm = 1.5 + style.mm_wide(f"{panel.greatest:,.{digits}f}", 6)
    axes.set(xticks=[], yticks=[], ylim=(tall, 0))
    axes.set_xlim(0, panel.greatest * wide / (wide - numbers_mm) or 1)
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)

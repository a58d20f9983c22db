"""Figures of horizontal bars: topics over documents, terms of topics, and the corpus."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wsis_nlp._checks import InputError
from wsis_nlp.figures import style


class Panel(NamedTuple):
    """Bars of the first column (whiskers from ``low`` to ``high``) on a scale that ends at the greatest value."""

    title: str
    names: list[str]
    values: pd.DataFrame
    greatest: float
    hollow: bool = False


@style.house_style()
def topic_prevalence_figure(table: pd.DataFrame, *, width: str = "springer-double") -> Figure:
    """How much of each document each topic takes, in per cent: a panel per document, topics in one order.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each document and topic: ``doc_id`` (drawn in the order of first occurrence), ``topic``, ``label``,
        ``prevalence`` (share of the document, 0 to 1), and where known ``low`` and ``high`` (limits of an interval,
        drawn as whiskers) and ``stage`` (a ``fragment`` is named so, and its bars are hollow).
    width : str
        A name in `WIDTHS_MM`.
    """
    style.check_rows(table, ["doc_id", "topic", "label", "prevalence"], key=["doc_id", "topic"], name="prevalences")
    if not table["prevalence"].dropna().between(0, 1).all():
        raise InputError("prevalence of a topic is outside 0 and 1; allowed is a share of the document")
    mm, shares = style.width_mm(width), ["prevalence", "low", "high"]
    labels = table.drop_duplicates("topic").set_index("topic")["label"].sort_index()
    names = [f"{topic}. {label}" for topic, label in labels.items()]
    table = table.reindex(columns=["doc_id", "topic", "stage", *shares]).set_index("topic")
    table[shares] = 100 * table[shares].astype(float)
    panels = []
    for document, rows in table.groupby("doc_id", sort=False):
        fragment = bool((rows["stage"] == "fragment").any())
        title = f"{document}, fragment" if fragment else str(document)
        panels.append(Panel(title, names, rows[shares].reindex(labels.index), table[shares].max().max(), fragment))
    return _panels(mm, panels, per_row=min(len(panels), 6 if mm > 120 else 3), row_mm=6, unit="per cent")


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
    names = [f"{title}\n{', '.join(str(fact) for fact in known if fact)}" for title, *known in rows]
    panels = [Panel("words", names, table[["tokens"]], table["tokens"].max())]
    panels += [Panel(kind, names, table[[kind]], table[units].max().max()) for kind in units]
    return _panels(style.width_mm(width), panels, per_row=4, row_mm=12)


@style.house_style()
def topic_terms_figure(table: pd.DataFrame, *, width: str = "springer-double") -> Figure:
    """The terms of greatest weight in each topic: a panel of bars for each topic, all on one scale.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each topic and term: ``topic``, ``label`` (left out where it only repeats terms of the panel),
        ``rank`` (1 is the heaviest), ``term``, ``weight`` (at least 0).
    width : str
        A name in `WIDTHS_MM`.
    """
    style.check_rows(table, ["topic", "label", "rank", "term", "weight"], key=["topic", "rank"], name="topic terms")
    mm, panels = style.width_mm(width), []
    for topic, rows in table.sort_values(["topic", "rank"]).groupby("topic"):
        terms, label = list(rows["term"].astype(str)), str(rows["label"].iloc[0])
        repeats = set(label.replace(",", " ").split()) <= set(" ".join(terms).split())
        title = f"Topic {topic}" if repeats else f"Topic {topic}: {label}"
        panels.append(Panel(title, terms, rows[["weight"]], table["weight"].max()))
    fitting = int(mm // (max(map(style.mm_wide, table["term"].astype(str))) + 18))
    per_row = min(len(panels), max(fitting, 2), 4)
    return _panels(mm, panels, per_row=per_row, row_mm=3.2, apart=True, digits=3, unit="weight")


def _panels(
    mm: float, panels: list[Panel], *, per_row: int, row_mm: float, apart: bool = False, digits: int = 0, unit: str = ""
) -> Figure:
    """Panels in rows; the names of the bars stand left of each panel (apart) or of each row of panels."""
    size, room = style.SMALL if mm > 120 else 6.0, mm / per_row - 16 if apart else (0.34 if mm > 120 else 0.29) * mm
    lines = [line for panel in panels for name in panel.names for line in name.splitlines()]
    names_mm = min(max(map(style.mm_wide, lines)) + 3, room)
    panel_mm = mm / per_row - names_mm if apart else (mm - names_mm) / per_row
    title_mm = names_mm + panel_mm - 3 if apart else panel_mm - 0.1
    titles = [style.wrapped(panel.title, title_mm, size=size, lines=2) for panel in panels]
    head = 3 + 3 * max(len(title.splitlines()) for title in titles)
    block = head + row_mm * max(len(panel.names) for panel in panels) + (3 if unit else 0)
    figure = style.sheet(mm, block * ceil(len(panels) / per_row) + 1)
    for number, panel in enumerate(panels):
        row, column = divmod(number, per_row)
        left = names_mm + column * (panel_mm + names_mm * apart)
        axes = style.place(figure, left, row * block + head, panel_mm - 1, row_mm * len(panel.names))
        _bars(axes, panel, wide=panel_mm - 1, height=0.7 if apart else 3.2 / row_mm, digits=digits)
        axes.set_title(titles[number], fontsize=size, x=(2 - names_mm) / (panel_mm - 1) if apart else 0)
        axes.set_xlabel(unit, fontsize=6, color=style.QUIET, loc="left", labelpad=1)
        if apart or column == 0:
            fit = partial(style.wrapped, width=names_mm - 2.9, lines=1 if apart else 2)
            axes.set_yticks(range(len(panel.names)), ["\n".join(map(fit, name.splitlines())) for name in panel.names])
    return figure


def _bars(axes: Axes, panel: Panel, *, wide: float, height: float, digits: int) -> None:
    """Bars in axes of a width in mm, their numbers behind them, and their whiskers."""
    sizes, rows = panel.values.iloc[:, 0].to_numpy(float), np.arange(len(panel.values))
    axes.barh(rows, np.nan_to_num(sizes), height=height, fc="none" if panel.hollow else style.BAR, ec=style.BAR)
    limits = panel.values.reindex(columns=["low", "high"]).to_numpy(float)
    axes.hlines(rows, *limits.T, color=style.INK, linewidth=0.8)
    for row in rows[~np.isnan(sizes)]:
        number, end = f"{sizes[row]:,.{digits}f}", np.fmax(sizes[row], limits[row, 1])
        number = f"<{10.0**-digits:g}" if sizes[row] > 0 and not number.strip("0.") else number
        axes.annotate(number, (end, row), xytext=(2, 0), textcoords="offset points", fontsize=6, color=style.INK,
                      va="center_baseline")  # fmt: skip
    numbers_mm = 1.5 + style.mm_wide(f"{panel.greatest:,.{digits}f}", 6)
    axes.set(xticks=[], yticks=[], ylim=(len(rows) - 0.5, -0.5))
    axes.set_xlim(0, panel.greatest * wide / (wide - numbers_mm) or 1)
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)

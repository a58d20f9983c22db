"""Figure of agreed language: how many words of each document come from which earlier one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from wsis_nlp._checks import InputError, check_columns, check_known
from wsis_nlp.figures import style

COLOURS = "viridis"  # the older the darker
BAR, BELOW, LINE, SQUARE = 4.2, 2.0, 2.9, 2.0  # mm of a bar and under it, of a line of its head, and of the square


@style.house_style()
def inheritance_figure(table: pd.DataFrame, documents: pd.DataFrame, *, width: str = "springer-double") -> Figure:
    """How much of each document comes from each earlier one, and how much is new.

    A bar for each document is parted by the documents that its words come from, the oldest first; its own new words
    are white and last. The square at the head of a document has the colour of what later ones have from it. A part
    bears its origin, number of words and share, or as much of that as it has room for.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each document and origin: ``doc_id``, ``from_doc`` (for new words the document itself), ``words``,
        ``share`` (of the words of the document, 1 together at most; NaN is not drawn).
    documents : pandas.DataFrame
        One row for each document, drawn in order of date: ``doc_id``, ``date``, ``stage`` (a ``fragment``, and the
        ``inputs`` of one agency, are named so). Those that are not in the table are left out.
    width : str
        A name in `WIDTHS_MM`.
    """
    check_columns(table, ["share"], name="inheritance")
    table = table.dropna(subset="share")
    style.check_rows(table, ["doc_id", "from_doc", "words", "share"], key=["doc_id", "from_doc"], name="inheritance")
    style.check_rows(documents, ["doc_id", "date", "stage"], key=["doc_id"], name="documents")
    check_known([*table["doc_id"], *table["from_doc"]], list(documents["doc_id"]), name="document")
    if not (table["share"] >= 0).all() or (table.groupby("doc_id")["share"].sum() > 1 + 1e-9).any():
        raise InputError("shares of a document are below 0 or above 1 together; allowed are shares of its words")
    facts = documents[documents["doc_id"].isin([*table["doc_id"], *table["from_doc"]])]
    facts = facts.sort_values("date", key=lambda dates: dates.astype(str), kind="stable")
    mm, order = style.width_mm(width), {doc_id: place for place, doc_id in enumerate(facts["doc_id"])}
    table = table.sort_values("from_doc", key=lambda ids: ids.map(order))
    givers = table.loc[table["doc_id"] != table["from_doc"], "from_doc"].unique()
    colours = dict(zip(givers, colormaps[COLOURS](np.linspace(0.05, 0.9, len(givers))), strict=True))
    heads, words = [], table.groupby("doc_id")["words"].sum()
    for doc_id, date, stage in facts[["doc_id", "date", "stage"]].itertuples(index=False):
        head = f"{doc_id} ({date}), {words.get(doc_id, 0):,} words{style.NOTES.get(stage, '')}"
        heads.append(style.wrapped(head, mm - SQUARE - 4, lines=3))
    bottoms = 1.0 + np.cumsum([LINE * len(head.splitlines()) + BAR + BELOW for head in heads])
    tall = float(bottoms[-1]) - BELOW + 0.5
    figure = style.sheet(mm, tall)
    axes = style.place(figure, 0.3, 0, mm - 0.6, tall)
    axes.set(xlim=(0, mm - 0.6), ylim=(tall, 0))
    axes.set_axis_off()
    for doc_id, stage, head, bottom in zip(facts["doc_id"], facts["stage"], heads, bottoms, strict=True):
        top = bottom - BELOW - BAR
        place = (0, top - LINE * len(head.splitlines()))
        if doc_id in colours:
            axes.add_patch(Rectangle(place, SQUARE, SQUARE, fc=colours[doc_id], label=doc_id))
        axes.text(SQUARE + 1, place[1] - 0.2, head, va="top", fontsize=style.SMALL, linespacing=1.1)
        _bar(axes, table[table["doc_id"] == doc_id], top, colours, dashes=":" if stage == "fragment" else "-")
    return figure


def _bar(axes: Axes, rows: pd.DataFrame, top: float, colours: dict[str, Any], *, dashes: str) -> None:
    """The words of a document by their origin, as long as the axes are wide in mm."""
    left, whole = 0.0, axes.get_xlim()[1]
    for doc_id, origin, words, share in rows[["doc_id", "from_doc", "words", "share"]].itertuples(index=False):
        long, new = share * whole, origin == doc_id
        fill = (1.0, 1.0, 1.0) if new else colours[origin]
        part = Rectangle((left, top), long, BAR, fc=fill, ec=style.QUIET, lw=0.4, ls=dashes, label=f"{doc_id} {origin}")
        axes.add_patch(part)
        name, number, percent = "new" if new else origin, f"{words:,}", f"({share:.0%})"
        texts = (f"{name} {number} {percent}", f"{name} {number}", f"{number} {percent}", number, "")
        text = next(text for text in texts if not text or style.mm_wide(text, 6) < long - 1)
        # White on dark parts, black on light ones, as in the fields of similarity.
        ink = "white" if np.dot(fill[:3], (0.2126, 0.7152, 0.0722)) < 0.46 else "black"
        axes.text(left + long / 2, top + BAR / 2, text, color=ink, ha="center", va="center_baseline", fontsize=6)
        left += long

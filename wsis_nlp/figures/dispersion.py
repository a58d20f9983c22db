"""Figure of dispersion: where in each document each concept is mentioned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from wsis_nlp._checks import InputError, check_columns, check_known
from wsis_nlp.figures import style


@style.house_style()
def dispersion_figure(
    table: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    concepts: Mapping[str, str] | None = None,
    sections: pd.DataFrame | None = None,
    width: str = "springer-double",
) -> Figure:
    """Each mention at its place in the body of its document: a strip for each document and concept.

    Strips are as long as their documents, on one scale, and bear the number of mentions.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each mention: ``doc_id``, ``concept``, ``place`` (word tokens of the body before it, divided by all,
        0 to 1).
    documents : pandas.DataFrame
        One row for each document, drawn in order of date: ``doc_id``, ``title``, ``date``, ``tokens`` (of the body),
        ``stage`` (a ``fragment``, and the ``inputs`` of one agency, are named so).
    concepts : mapping of str to str, optional
        Concepts to be drawn, in their order, with the names of their strips; one without a mention has empty strips.
        Unless given, all of the table, in the order of first occurrence.
    sections : pandas.DataFrame, optional
        One row for each border of a section: ``doc_id``, ``place``. Strips are parted there.
    width : str
        A name in `WIDTHS_MM`.
    """
    borders = table.head(0) if sections is None else sections
    check_columns(table, ["doc_id", "concept", "place"], name="mentions")
    style.check_rows(documents, ["doc_id", "title", "date", "tokens", "stage"], key=["doc_id"], name="documents")
    check_columns(borders, ["doc_id", "place"], name="sections")
    check_known(table["doc_id"], list(documents["doc_id"]), name="document")
    if not (table["place"].between(0, 1).all() and borders["place"].between(0, 1).all()):
        raise InputError("place of a mention or section is outside 0 and 1; allowed is a share of the document")
    inner = borders[borders["place"].between(0, 1, inclusive="neither")]
    names = dict(concepts or {concept: concept for concept in table["concept"]})
    if not names:
        raise InputError("mentions has no rows, and no concept is given; allowed is one concept or more")
    mm, facts = style.width_mm(width), documents.sort_values("date", key=lambda dates: dates.astype(str))
    heads = [style.wrapped(f"{row['date']}, {row['title']}, {row['tokens']:,} words{style.NOTES.get(row['stage'], '')}",
                           mm - 6, lines=3) for row in facts.to_dict("records")]  # fmt: skip
    heads_mm = [2.5 + 3 * len(head.splitlines()) for head in heads]
    row_mm = float(np.clip((style.PAGE_MM - 9 - sum(heads_mm)) / len(facts) / len(names), 2.25, 4))
    left = min(max(style.mm_wide(name, 6) for name in names.values()) + 3, 0.36 * mm)
    figure, top = style.sheet(mm, sum(heads_mm) + row_mm * len(facts) * len(names) + 9), 0.0
    for row, head, head_mm in zip(facts.to_dict("records"), heads, heads_mm, strict=True):
        axes = style.place(figure, left, top + head_mm, mm - left - 8, row_mm * len(names))
        axes.set(xlim=(0, max(1, *facts["tokens"])), xticks=[])
        axes.set_title(head, fontsize=style.SMALL, x=(2 - left) / (mm - left - 8), linespacing=1.1)
        own, edges = (each[each["doc_id"] == row["doc_id"]] for each in (table, inner))
        _strips(axes, own, names, row["tokens"], fragment=row["stage"] == "fragment")
        axes.vlines(edges["place"] * row["tokens"], -0.5, len(names) - 0.5, color="white", linewidth=0.8, zorder=1)
        axes.set_yticks(range(len(names)), [style.wrapped(name, left - 2.5, size=6) for name in names.values()])
        top += head_mm + row_mm * len(names)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_xlabel("words of the body" + ("; gaps part its sections" if len(inner) else ""))
    return figure


def _strips(axes: Axes, mentions: pd.DataFrame, names: Mapping[str, str], tokens: int, *, fragment: bool) -> None:
    """A strip for each concept, with a stroke for each mention and their number at its end."""
    strip: dict[str, Any] = {"fc": "none", "ec": style.QUIET, "linestyle": ":"} if fragment else {"fc": style.PALE}
    axes.barh(range(len(names)), tokens, height=0.74, zorder=0, **strip)
    for row, concept in enumerate(names):
        places = mentions.loc[mentions["concept"] == concept, "place"] * tokens
        axes.vlines(places, row - 0.37, row + 0.37, color=style.COLOURS[0], linewidth=0.6, zorder=2)
        axes.annotate(str(len(places)), (tokens, row), xytext=(3, 0), textcoords="offset points", fontsize=6,
                      va="center_baseline", color=style.INK)  # fmt: skip
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelsize=6)
    axes.spines[:].set_visible(False)

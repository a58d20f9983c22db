"""Figure of lineage: the paragraphs of documents in order of date, and a ribbon from each to its descendants."""

from __future__ import annotations

from itertools import groupby
from math import ceil
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from wsis_nlp._checks import InputError, check_columns, check_known
from wsis_nlp.documents import is_before
from wsis_nlp.figures import style

# Fill and edge; each fill is lighter than the one before by a fifth of the way from black to white.
RELATIONS = MappingProxyType({
    "kept": ("#08306B", "#08306B"), "merged": ("#A63A74", "#A63A74"), "split": ("#DB8500", "#DB8500"),
    "reworded": ("#A9D5F0", "#7DBDE6"),
})  # fmt: skip
EDGE_COLUMNS = ("from_para", "to_para", "relation", "moved", "shared_tokens")
GAP, STRIP, LINE = 1.0, 1.2, 2.5  # mm between sections, of the marks beside a column, and of a line of text
LOWEST, HIGHEST, WORD = 40.0, 140.0, 0.0125  # mm of the columns, and of a word between these limits


@style.house_style()
def ribbon_figure(
    edges: pd.DataFrame, paragraphs: pd.DataFrame, documents: pd.DataFrame, *, width: str = "springer-double"
) -> Figure:
    """Paragraphs through time: a column for each document, a ribbon for each edge of their lineage.

    Columns run from the first word of a document down, on one scale, and are parted into sections of the first level,
    named where there is room. A ribbon is as high as the words that its paragraphs share, and passes behind the columns
    between; its colour tells the relation, a dark outline that it moved. A dark mark on the left of a column says that
    a paragraph has no ancestor, on the right no descendant, unless no document is dated before or after. A fragment is
    drawn hollow.

    Parameters
    ----------
    edges : pandas.DataFrame
        One row for each edge: ``from_para``, ``to_para``, ``relation``, ``moved``, ``shared_tokens``.
    paragraphs : pandas.DataFrame
        One row for each paragraph, in order of the text: ``doc_id``, ``para_id``, ``section`` (tuple of headings),
        ``tokens`` (its words).
    documents : pandas.DataFrame
        One row for each document, drawn in order of date: ``doc_id``, ``date``, ``stage`` (a ``fragment``, and the
        ``inputs`` of one agency, are named so). Those without paragraphs are left out.
    width : str
        A name in `WIDTHS_MM`.
    """
    facts, cells = _checked(edges, paragraphs, documents)
    mm, count = style.width_mm(width), len(facts)
    wide = 0.6 * mm / max(count, 3)
    pitch = (mm - wide) / max(count - 1, 1)
    room = (2 * pitch + wide) / 3 - 1.5  # of a head: from the outer edge of the first and last column, else centred
    if room < 10:
        raise InputError(f"{count} documents do not fit the width {width!r}; choose a wider one or fewer")
    cells["left"] = cells["doc_id"].map({doc_id: pitch * place for place, doc_id in enumerate(facts["doc_id"])})
    heads = [
        _head(row, cells.loc[cells["doc_id"] == row["doc_id"], "tokens"], room) for row in facts.to_dict("records")
    ]
    entries, per_row = _legend(edges), 3 if mm > 120 else 2
    head_mm, tall = 1.5 + LINE * max(len(head.splitlines()) for head in heads), float(cells["bottom"].max())
    figure = style.sheet(mm, head_mm + tall + 2.5 + 3.4 * ceil(len(entries) / per_row))
    axes = style.place(figure, 0, head_mm, mm, tall)
    axes.set(xlim=(0, mm), ylim=(tall, 0))
    axes.set_axis_off()
    _ribbons(axes, _ends(edges, cells), wide)
    for place, (doc_id, date, stage) in enumerate(facts[["doc_id", "date", "stage"]].itertuples(index=False)):
        dates, own = facts["date"].astype(str), cells[cells["doc_id"] == doc_id]
        new = own[~own["para_id"].isin(edges["to_para"]) & any(is_before(other, str(date)) for other in dates)]
        dropped = own[~own["para_id"].isin(edges["from_para"]) & any(is_before(str(date), other) for other in dates)]
        _column(axes, own, wide, hollow=stage == "fragment")
        _boxes(axes, new, 0, STRIP, label=f"new {doc_id}", fc=style.QUIET)
        _boxes(axes, dropped, wide - STRIP, STRIP, label=f"dropped {doc_id}", fc=style.QUIET)
        side, share = ("left", 0.0) if place == 0 else ("right", 1.0) if place == count - 1 else ("center", 0.5)
        axes.text(pitch * place + share * wide, -1, heads[place], ha=side, va="bottom", fontsize=6, linespacing=1.1)
    figure.legend(handles=entries, loc="lower left", bbox_to_anchor=(0, 0), ncols=per_row, borderpad=0.2, fontsize=6)
    return figure


def _checked(
    edges: pd.DataFrame, paragraphs: pd.DataFrame, documents: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Documents in order of date, and paragraphs with their places; refused where they do not fit together."""
    check_columns(edges, EDGE_COLUMNS, name="edges")
    check_known(edges["relation"], list(RELATIONS), name="relation")
    style.check_rows(documents, ["doc_id", "date", "stage"], key=["doc_id"], name="documents")
    style.check_rows(paragraphs, ["doc_id", "para_id", "section", "tokens"], key=["para_id"], name="paragraphs")
    check_known(paragraphs["doc_id"], list(documents["doc_id"]), name="document")
    known = set(paragraphs["para_id"])
    for para_id in (*edges["from_para"], *edges["to_para"]):
        if para_id not in known:
            raise InputError(f"an edge has the paragraph {para_id!r}; allowed are those of the table of paragraphs")
    facts = documents.sort_values("date", key=lambda dates: dates.astype(str), kind="stable")
    return facts[facts["doc_id"].isin(paragraphs["doc_id"])], _cells(paragraphs)


def _cells(paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Paragraphs with the name and number of their section and their ``top`` and ``bottom`` in mm."""
    cells = paragraphs[["doc_id", "para_id", "tokens"]].copy()
    cells["name"] = [section[0] if section else "" for section in paragraphs["section"]]
    runs = [len(list(run)) for _, run in groupby(zip(cells["doc_id"], cells["name"], strict=True))]
    cells["section"] = np.repeat(np.arange(len(runs)), runs)
    by_document = cells.groupby("doc_id", sort=False)
    words, parts = by_document["tokens"].sum(), by_document["section"].nunique()
    tall = float(np.clip(WORD * words.max(), LOWEST, HIGHEST))
    gap = min(GAP, 0.3 * tall / parts.max())
    scale = ((tall - gap * (parts - 1)) / words.clip(lower=1)).min()
    before = cells["section"] - by_document["section"].transform("first")
    short = tall - (scale * words + gap * (parts - 1))
    cells["bottom"] = scale * by_document["tokens"].cumsum() + gap * before + cells["doc_id"].map(short) / 2
    cells["top"] = cells["bottom"] - scale * cells["tokens"]
    return cells


def _head(row: dict[Any, Any], tokens: pd.Series, room: float) -> str:
    """Name of a document, its date and size, and what a reader must know of its stage."""
    note = style.NOTES.get(row["stage"], "").removeprefix(", ")
    lines = [row["doc_id"], row["date"], f"{tokens.sum():,} words", note]
    return "\n".join(style.wrapped(str(line), room, size=6, lines=6) for line in lines if line)


def _legend(edges: pd.DataFrame) -> list[Patch]:
    counts, moved = edges["relation"].value_counts(), int(edges["moved"].sum())
    return [
        *(Patch(facecolor=fill, edgecolor=edge, label=f"{relation}, {counts.get(relation, 0)}")
          for relation, (fill, edge) in RELATIONS.items()),
        Patch(facecolor="none", edgecolor=style.INK, linewidth=0.8, label=f"outlined: moved, {moved}"),
        Patch(facecolor=style.QUIET, label="at left: no ancestor; at right: no descendant"),
    ]  # fmt: skip


def _ends(edges: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Edges with the ``left``, ``top`` and ``bottom`` in mm of both ends, side by side within a paragraph."""
    own, ends = cells.set_index("para_id"), edges.reset_index(drop=True)
    for side, other in (("from", "to"), ("to", "from")):
        at = own.loc[ends[f"{side}_para"]].reset_index()
        beyond = own.loc[ends[f"{other}_para"], "top"].to_numpy()
        order = np.argsort(beyond, kind="stable")
        shared = ends["shared_tokens"].iloc[order].groupby(at["para_id"])
        # Words that two descendants took are drawn once: their ribbons share the room.
        scale: pd.Series = (at["bottom"] - at["top"]) / np.maximum(shared.transform("sum"), at["tokens"])
        ends[f"{side}_left"] = at["left"]
        ends[f"{side}_bottom"] = at["top"] + shared.cumsum() * scale
        ends[f"{side}_top"] = ends[f"{side}_bottom"] - ends["shared_tokens"] * scale
    return ends


def _ribbons(axes: Axes, ends: pd.DataFrame, wide: float) -> None:
    """A ribbon for each edge, the slender over the broad and the moved over all."""
    for row in ends.sort_values(["moved", "shared_tokens"], ascending=[True, False]).to_dict("records"):
        start, end = row["from_left"] + wide, row["to_left"]
        middle = (start + end) / 2
        across = [(start, "from"), (middle, "from"), (middle, "to"), (end, "to")]
        upper, lower = ([(x, row[f"{at}_{edge}"]) for x, at in across] for edge in ("top", "bottom"))
        curve = [Path.CURVE4] * 3
        path = Path([*upper, *lower[::-1], upper[0]], [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
        fill, edge = RELATIONS[row["relation"]]
        under = [withStroke(linewidth=1.1, foreground=style.INK)] if row["moved"] else None
        name = f"{row['from_para']} {row['to_para']}"
        axes.add_patch(PathPatch(path, fc=fill, ec=edge, lw=0.3, label=name, zorder=1, path_effects=under))


def _column(axes: Axes, cells: pd.DataFrame, wide: float, *, hollow: bool) -> None:
    """The paragraphs of a document, and the names of sections that have room for them."""
    middle, top = cells["left"].iloc[0] + wide / 2, cells["top"].iloc[0]
    axes.vlines(middle, 0, top, color=style.PALE, linewidth=0.5, zorder=0)  # leads from the head to the column
    # Ribbons that pass behind shine through a little, so that they do not seem to end here.
    _boxes(axes, cells[:1].assign(bottom=cells["bottom"].max()), 0, wide, fc="white", alpha=0.8, label="ground")
    look: dict[str, Any] = {"ec": "white", "lw": 0.25, "fc": (0, 0, 0, 0.13)}
    look |= {"ec": style.QUIET, "lw": 0.5, "fc": "none", "ls": ":"} if hollow else {}
    _boxes(axes, cells, 0, wide, label="paragraphs", **look)
    room = wide - 2 * STRIP - 1.2
    for _, part in cells.groupby("section"):
        top, bottom = part["top"].min(), part["bottom"].max()
        lines = int((bottom - top) / LINE)
        if lines and room > 12:
            rows = style.wrapped(part["name"].iloc[0], room, size=6, lines=lines).splitlines()
            name = "\n".join(style.wrapped(row, room, size=6) for row in rows)  # a word may be wider than the column
            axes.text(middle, (top + bottom) / 2, name, ha="center", va="center", fontsize=6, linespacing=1.1, zorder=3,
                      bbox={"fc": "white", "lw": 0, "pad": 0} if hollow and name else None)  # fmt: skip


def _boxes(axes: Axes, cells: pd.DataFrame, shift: float, wide: float, **look: Any) -> None:
    """Boxes as high as paragraphs, that begin so many mm right of the left edge of their column."""
    places = (cells["left"] + shift, cells["top"], cells["left"] + shift + wide, cells["bottom"])
    boxes = [[(x, top), (end, top), (end, bottom), (x, bottom)] for x, top, end, bottom in zip(*places, strict=True)]
    axes.add_collection(PolyCollection(boxes, zorder=2, **{"lw": 0} | look))

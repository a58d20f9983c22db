"""Figures of similarity as fields of colour: between documents, and between the paragraphs of two."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wsis_nlp._checks import InputError, check_known
from wsis_nlp.figures import style

COLOURS, MEASURE = "Blues", "cosine similarity"
Span = tuple[int, int, str]  # first paragraph, end and title of a section


@style.house_style()
def document_heatmap(
    table: pd.DataFrame, *, order: Sequence[str] | None = None, width: str = "springer-double"
) -> Figure:
    """Similarity of each document with each: a field of colour with the value printed in each cell.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each ordered pair, diagonal included: ``doc_a, doc_b, similarity`` (0 to 1; NaN is an empty cell);
        where it has ``floor_a``, the floor of the document of the row stands below the value. Documents too many for
        the width are refused.
    order : sequence of str, optional
        Documents in the order in which they are drawn, as by date; unless given, that of first occurrence in ``doc_a``.
    width : str
        A name in `WIDTHS_MM`.
    """
    pair = ["doc_a", "doc_b"]
    style.check_rows(table, [*pair, "similarity"], key=pair, name="similarity table")
    documents = list(dict.fromkeys(table["doc_a"]))
    if set(table["doc_b"]) != set(documents) or len(table) != len(documents) ** 2:
        raise InputError("similarity table lacks a pair; allowed is one row for each ordered pair")
    documents = list(check_known(documents if order is None else order, documents, name="document"))
    square = table.set_index(pair).reindex(columns=["similarity", "floor_a"]).unstack().reindex(index=documents)
    values, floors = (square[name][documents].to_numpy(float) for name in ("similarity", "floor_a"))
    mm, count = style.width_mm(width), len(documents)
    names_mm, bar_mm, longest = min(0.3 * mm, 30.0), 17.0, max(style.mm_wide(str(name), 6) for name in documents)
    cell = (mm - names_mm - bar_mm) / count
    if cell < 6.5:
        raise InputError(f"{count} documents do not fit the width {width!r}; choose a wider one or fewer")
    tall, upright = min(cell, max(70 / count, 6.0)), longest > cell - 1
    figure = style.sheet(mm, 1.5 + tall * count + (min(longest, names_mm) + 3 if upright else 5))
    axes = style.place(figure, names_mm, 1.5, cell * count, tall * count)
    mesh = _field(axes, values, edgecolors="white", linewidth=0.8)
    for (row, column), value in np.ndenumerate(values):
        # White on dark cells, black on light ones: a contrast of at least 4.5 to 1 on all colours of the map.
        ink = "white" if luminance(value) < 0.18 else "black"
        floor, shift = floors[row, column], 1.3 / tall
        lines = [("–" if np.isnan(value) else f"{value:.2f}", 7 if cell > 8 else 6, 0.0 if np.isnan(floor) else -shift)]
        lines += [] if np.isnan(floor) else [(f"({floor:.2f})", 6, shift)]
        for words, size, down in lines:
            axes.text(column + 0.5, row + 0.5 + down, words, color=ink, ha="center", va="center_baseline",
                      fontsize=size)  # fmt: skip
    middles = np.arange(count) + 0.5
    axes.set_yticks(middles, [style.wrapped(str(name), names_mm - 3, lines=2) for name in documents])
    axes.set_xticks(middles, [style.wrapped(str(name), names_mm, size=6) for name in documents], fontsize=6)
    axes.tick_params(axis="x", rotation=90 if upright else 0)
    axes.tick_params(length=0)
    bar = style.place(figure, mm - bar_mm + 2.5, 1.5, 2.5, tall * count)
    figure.colorbar(mesh, cax=bar, ticks=[0, 0.25, 0.5, 0.75, 1], label=MEASURE).outline.set_visible(False)
    return figure


@style.house_style()
def paragraph_heatmap(
    grid: pd.DataFrame, *, sections_a: pd.Series, sections_b: pd.Series, width: str = "springer-double"
) -> Figure:
    """Similarity of each paragraph of one document with each of another, with the sections of both.

    Parameters
    ----------
    grid : pandas.DataFrame
        Cosine similarity (0 to 1): a row for each paragraph of document A, a column for each of B, in the order of the
        documents, both labelled by ``para_id``. Paragraphs 10, 20 and so on are marked,
        or every tenth by its label where numbers do not rise throughout.
    sections_a, sections_b : pandas.Series
        ``para_id`` to the title of its section, ``""`` where it has none; a run of one title is a section. A title is
        cut to its room; of those that would meet, that of the longest section is drawn.
    width : str
        A name in `WIDTHS_MM`.
    """
    if grid.empty:
        raise InputError("grid of paragraphs is empty; allowed is one row and one column or more")
    spans_a, spans_b = _sections(grid.index, sections_a), _sections(grid.columns, sections_b)
    mm, (rows, columns), foot = style.width_mm(width), grid.shape, 9.0
    names = [[str(each).rpartition(":")[2] for each in ids] for ids in (grid.index, grid.columns)]
    left = 7.5 + max([4.5, *map(style.mm_wide, _tens(names[0], style.PAGE_MM).values())])
    right, top = (3.5 + max((style.mm_wide(title) for *_, title in spans), default=0.0) for spans in (spans_a, spans_b))
    right, top = float(np.clip(right, 24, 0.27 * mm)), float(np.clip(top, 16, 0.28 * mm))
    wide = mm - left - right
    tall = float(np.clip(wide / columns * rows, 45, style.PAGE_MM - top - foot - 1))
    figure = style.sheet(mm, top + tall + foot)
    axes = style.place(figure, left, top, wide, tall)
    mesh = _field(axes, grid.to_numpy(float), rasterized=True)
    _name(axes.secondary_yaxis("right").yaxis, spans_a, tall / rows, axes.axhline, room=right - 3.4)
    _name(axes.secondary_xaxis("top").xaxis, spans_b, wide / columns, axes.axvline, room=top - 3.4, rotation=90)
    for ids, labels, extent, axis in zip(
        (grid.index, grid.columns), names, (tall, wide), (axes.yaxis, axes.xaxis), strict=True
    ):
        tens = _tens(labels, extent)
        axis.set_ticks([spot + 0.5 for spot in tens], list(tens.values()))
        axis.set_label_text(str(ids[0]).partition(":")[0])
    bar = style.place(figure, left + wide + 4, top - 12, right - 8, 2.5)
    figure.colorbar(mesh, cax=bar, orientation="horizontal", label=MEASURE).outline.set_visible(False)
    bar.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    return figure


def luminance(value: float) -> float:
    """Relative luminance of the colour of a value, 0 to 1; 1 where it is NaN, as the cell is empty."""
    return float(np.power(colormaps[COLOURS](value)[:3], 2.2) @ [0.2126, 0.7152, 0.0722]) if value == value else 1.0


def _field(axes: Axes, values: NDArray[np.float64], **drawn: Any) -> QuadMesh:
    # A cosine may pass 1 by the rounding of its sums.
    if np.nanmin(values, initial=0) < -1e-9 or np.nanmax(values, initial=0) > 1 + 1e-9:
        raise InputError("a similarity is outside 0 and 1; allowed are cosines of counts, 0 to 1")
    mesh = axes.pcolormesh(values, cmap=COLOURS, vmin=0, vmax=1, **drawn)
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    return mesh


def _tens(labels: list[str], extent: float) -> dict[int, str]:
    """Place and label of paragraphs 10, 20 and so on, or of fewer where an edge in mm has no room for each.

    Where numbers do not rise throughout the text, every tenth paragraph is marked, by its own label.
    """
    numbers = {spot: int(label) for spot, label in enumerate(labels) if label.isdecimal()}
    if not numbers or list(numbers.values()) != sorted(numbers.values()):
        numbers = {spot: spot + 1 for spot in range(len(labels))}
    for step in (10, 20, 50, 100, 200, 500):
        kept = {spot: labels[spot] for spot, number in numbers.items() if number % step == 0}
        if min(np.diff(list(kept)), default=len(labels)) / len(labels) * extent >= 4:
            return kept
    return {}


def _sections(ids: pd.Index, sections: pd.Series) -> list[Span]:
    missing = [each for each in ids if each not in sections.index]
    if missing:
        raise InputError(f"paragraph {missing[0]!r} has no section; allowed is a title or '' for each")
    runs = [(str(title), len(list(run))) for title, run in groupby(sections.loc[list(ids)])]
    ends = accumulate(size for _, size in runs)
    return [(end - size, end, title) for end, (title, size) in zip(ends, runs, strict=True) if title]


def _name(axis: Axis, spans: list[Span], mm: float, border: Any, *, room: float, rotation: float = 0) -> None:
    """Borders of sections of paragraphs (each so many mm) across a field, and their names beside it."""
    named: dict[float, str] = {}
    for start, end, title in sorted(spans, key=lambda span: span[0] - span[1]):
        if all(abs((start + end) / 2 - other) * mm >= 2.6 for other in named):
            named[(start + end) / 2] = style.wrapped(title, room)
        for edge in (start, end):
            border(edge, color=style.QUIET, linewidth=0.3)
    axis.set_ticks(list(named), list(named.values()), rotation=rotation)
    axis.axes.spines[:].set_visible(False)

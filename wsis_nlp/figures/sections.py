"""Figure of topics over sections: what each section of each document takes of each topic, as a field of colour."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection, QuadMesh
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wsis_nlp._checks import InputError, check_columns
from wsis_nlp.figures import style
from wsis_nlp.figures.heatmaps import COLOURS, luminance
from wsis_nlp.figures.topics import HATCH, HATCH_INK, hatching_note, unreadable

HIGHEST, NAME, GAP, FOOT = 220.0, 3.2, 1.6, 12.0  # mm of the figure, a document's name, below a document, at the foot
COUNT, LINE = 5.5, 2.55  # mm of the numbers of paragraphs, and of a line of a head


@style.house_style()
def topic_section_heatmap(table: pd.DataFrame, *, width: str = "springer-double") -> Figure:
    """How much of each section each topic takes: a field of colour, with a row for each section.

    Sections stand under their documents with their numbers of paragraphs; a row names the headings that the row above
    does not have. Columns of topics that are not to be read are hatched.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each section and topic, in the order to be drawn: ``doc_id``, ``section`` (a heading, or a tuple of
        headings, outermost first; empty or missing for text under none), ``topic``, ``label``, ``paragraphs`` (of the
        section), ``prevalence`` (share of the section, 0 to 1; NaN is an empty cell), and where known ``agreement`` (of
        the topic, see `topic_quality`; below 0.6 it is hatched) and ``stage`` (a ``fragment``, and the ``inputs`` of
        one agency, are named so). Topics too many for the width are refused.
    width : str
        A name in `WIDTHS_MM`.
    """
    rows, values, labels = _checked(table)
    hatched = unreadable(table)
    mm, count, documents = style.width_mm(width), len(labels), rows["doc_id"].nunique()
    heads, upright, head, cell = _heads(labels, mm)
    if cell < 2.8:
        raise InputError(f"{count} topics do not fit the width {width!r}; choose a wider one or fewer")
    names_mm = min(max(style.mm_wide(name, 6) for name in rows["name"]) + 3, mm - COUNT - cell * count - 1)
    left = names_mm + COUNT
    row_mm = (HIGHEST - head - FOOT - (NAME + GAP) * documents) / len(rows)
    row_mm = float(np.clip(row_mm, 2.5, 3.6))
    down = head + (NAME + GAP) * documents + row_mm * len(rows) + FOOT
    figure, top = style.sheet(mm, down), head
    axes = style.place(figure, 0, 0, mm, down)
    axes.set(xlim=(0, mm), ylim=(down, 0))
    axes.set_axis_off()
    for place, text in enumerate(heads):
        axes.text(left + cell * (place + 0.5), head, text, rotation=90 if upright else 0, va="bottom", ha="center",
                  ma="left" if upright else "center", fontsize=6)  # fmt: skip
    axes.text(left - 1.5, head, "paragraphs", rotation=90, ha="right", va="bottom", fontsize=6, color=style.QUIET)
    for doc_id, own in rows.groupby("doc_id", sort=False):
        name = f"{doc_id}{style.NOTES.get(own['stage'].iloc[0], '')}"
        axes.text(1, top + NAME - 0.8, style.wrapped(name, mm - 2), fontsize=style.SMALL, va="baseline")
        mesh = _block(axes, own, values.loc[own.index], hatched, (left, top + NAME, cell, row_mm))
        top += NAME + row_mm * len(own) + GAP
    bar = style.place(figure, left, down - FOOT + 2, min(cell * count - 3, 45), 2)
    figure.colorbar(mesh, cax=bar, orientation="horizontal", ticks=[0, 50, 100]).outline.set_visible(False)
    bar.set_xlabel("% of what topics explain", loc="left")
    note = hatching_note(left - 6) if hatched else ""
    figure.text(1 / mm, (FOOT - 2) / down, note, fontsize=6, color=style.QUIET, va="top")
    return figure


def _checked(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series[str]]:
    """A row for each section, with its name, by number; per cent of sections by topic; and labels of topics."""
    key = ["doc_id", "section", "topic"]
    check_columns(table, key, name="prevalences of sections")
    table = table.assign(section=table["section"].map(_headings))
    style.check_rows(table, [*key, "label", "paragraphs", "prevalence"], key=key, name="prevalences of sections")
    if not table["prevalence"].dropna().between(0, 1).all():
        raise InputError("prevalence of a topic is outside 0 and 1; allowed is a share of the section")
    table["row"] = table.groupby(key[:2], sort=False).ngroup()
    values = 100 * table.pivot(index="row", columns="topic", values="prevalence").astype(float)
    labels = table.drop_duplicates("topic").set_index("topic")["label"].reindex(values.columns)
    rows = table.drop_duplicates("row").set_index("row").reindex(columns=["doc_id", "section", "paragraphs", "stage"])
    names = rows.groupby("doc_id")["section"].transform(lambda own: _names(own))
    return rows.assign(name=names), values, labels


def _headings(section: Any) -> tuple[str, ...]:
    """Headings of a section, outermost first."""
    parts = section if isinstance(section, tuple) else (section,)
    return tuple(str(part) for part in parts if not pd.isna(part) and str(part).strip())


def _names(sections: Iterable[tuple[str, ...]]) -> list[str]:
    """The headings of each section that the one before does not have, the deeper ones indented."""
    names: list[str] = []
    before: tuple[str, ...] = ()
    for section in sections:
        pairs = zip(before, section[:-1], strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        names.append("   " * shared + (" / ".join(section[shared:]) or "(no heading)"))
        before = section
    return names


def _heads(labels: pd.Series[str], mm: float) -> tuple[list[str], bool, float, float]:
    """Heads of columns, whether they stand upright, their height and the width of a column in mm.

    They lie where all their words fit columns that leave three tenths of the figure to the names of sections.
    """
    words = 0.5 + max(style.mm_wide(word, 6) for label in labels for word in re.findall(r"[^-/\s]+[-/]*", str(label)))
    most, cell = ((share * mm - COUNT) / len(labels) for share in (0.72, 0.56))
    upright, cell = words > most, min(cell, 16.0)
    if not upright:
        cell = max(cell, words)
    lines = max(int((cell - 0.4) / LINE), 1)
    heads = [
        style.wrapped(f"{topic}. {label}", 32, size=6, lines=lines) if upright
        else f"{topic}\n{style.wrapped(str(label), cell - 0.4, size=6, lines=8)}" for topic, label in labels.items()
    ]  # fmt: skip
    rows = [head.splitlines() for head in heads]
    long = max(style.mm_wide(line, 6) for own in rows for line in own) if upright else LINE * max(map(len, rows))
    return heads, upright, max(long, 13.0) + 1, cell


def _block(
    axes: Axes, rows: pd.DataFrame, values: pd.DataFrame, hatched: list[int], at: tuple[float, float, float, float]
) -> QuadMesh:
    """The sections of a document, at a left, a top, a width and a height of cells in mm."""
    left, top, wide, tall = at
    across, down = left + wide * np.arange(values.shape[1] + 1), top + tall * np.arange(len(rows) + 1)
    mesh = axes.pcolormesh(across, down, values, cmap=COLOURS, vmin=0, vmax=100, edgecolors=style.PALE, linewidth=0.3)
    for name, number, end in zip(rows["name"], rows["paragraphs"], down, strict=False):
        text = style.wrapped(name, left - COUNT - 2.5, size=6)
        indent = style.mm_wide(name, 6) - style.mm_wide(name.lstrip(), 6)
        axes.text(2 + indent, end + tall / 2, text, fontsize=6, va="center_baseline")
        axes.text(left - 1.5, end + tall / 2, number, fontsize=6, va="center_baseline", ha="right", color=style.QUIET)
    boxes: dict[str, list[NDArray[np.float64]]] = {"white": [], HATCH_INK: []}
    for (row, column), value in np.ndenumerate(values.to_numpy()):
        x, y = float(across[column]), float(down[row])
        if np.isnan(value):
            axes.text(x + wide / 2, y + tall / 2, "–", fontsize=6, ha="center", va="center_baseline")
        elif values.columns[column] in hatched:
            box = np.array([(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)])
            boxes["white" if luminance(value / 100) < 0.5 else HATCH_INK].append(box)
    for ink, drawn in boxes.items():
        axes.add_collection(PolyCollection(drawn, facecolor="none", edgecolor=ink, linewidth=0, hatch=HATCH))
    return mesh

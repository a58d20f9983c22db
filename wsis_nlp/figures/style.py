"""What all figures share: widths of journals, the house style, places and texts in mm, rendering."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.textpath import text_to_path
from numpy.typing import ArrayLike, NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from wsis_nlp._checks import InputError, check_columns, check_one_of
from wsis_nlp.showing import PRINT, SCREEN, visible

WIDTHS_MM = MappingProxyType({
    "springer-single": 84.0, "springer-double": 174.0,
    "elsevier-single": 90.0, "elsevier-middle": 140.0, "elsevier-double": 190.0,
    "ieee-single": 88.9, "ieee-double": 182.0,
    "nature-single": 89.0, "nature-double": 183.0,
})  # fmt: skip
PAGE_MM = 230.0  # the height that a journal's page holds, less a caption
INCH, SMALL = 25.4, 6.5  # mm; points
INK, QUIET, PALE, BAR = "#202020", "#6B6B6B", "#DDDDDD", "#56B4E9"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
NOTES = {"inputs": ", one agency's proposed text", "fragment": ", fragment: absence from it proves nothing"}
LEADER = {"arrowstyle": "-", "linewidth": 0.5, "color": QUIET, "shrinkA": 0, "shrinkB": 2.5}
Places = NDArray[np.float64]
Place = tuple[float, float, float]  # of a label, from its point: mm to the right, less a share of its length, mm up
BESIDE: list[Place] = [(1.6, 0, 0), (-1.6, 1, 0)]
AROUND: list[Place] = [(x, share, y) for y in (2.8, -2.8, 5.2, -5.2) for x, share in ((1, 0), (0, 0.5), (-1, 1))]


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's defaults and the house's own, as a context or a decorator; what was set before comes back."""
    try:
        fontManager.findfont(FontProperties(family="DejaVu Sans"), fallback_to_default=False)
    except ValueError:
        said = "the font DejaVu Sans, which comes with matplotlib, is not found"
        raise InputError(f"{said}; install matplotlib anew") from None
    with matplotlib.style.context(["default", str(Path(__file__).parents[1] / "house.mplstyle")]):
        yield


def check_rows(table: pd.DataFrame, needed: Sequence[str], *, key: list[str], name: str) -> None:
    """Refuse a table that lacks a column, has no rows, or has two rows for one key."""
    check_columns(table, needed, name=name)
    if table.empty:
        raise InputError(f"{name} has no rows; allowed is one row or more")
    for again in table.loc[table.duplicated(key), key].itertuples(index=False):
        raise InputError(f"{name} has two rows for {', '.join(map(str, again))}; allowed is one")


def width_mm(width: str) -> float:
    """The mm of a name in `WIDTHS_MM`; refused where there is no such name."""
    return WIDTHS_MM[check_one_of(width, WIDTHS_MM, name="width")]


def sheet(mm: float, height: float) -> Figure:
    """An empty figure of a width and a height in mm; refused where it is higher than a page."""
    if height > PAGE_MM:
        raise InputError(f"figure would be {height:.0f} mm high; allowed are {PAGE_MM:.0f}: draw fewer rows")
    return Figure(figsize=(mm / INCH, height / INCH))


def place(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place given in mm from the upper left corner of a figure."""
    across, down = figure.get_size_inches() * INCH
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


def in_mm(axes: Axes, places: ArrayLike) -> Places:
    """Points of the data as mm from the lower left corner of axes."""
    return np.asarray(axes.transData.transform(places) - axes.bbox.min) * INCH / axes.figure.dpi


def free_place(axes: Axes, at: ArrayLike, text: str, taken: ArrayLike, places: list[Place]) -> tuple[Places, float]:
    """Of places for a label at a point, the start in mm of that which covers least, and the weight that it covers.

    ``taken`` has a row of x and y in mm and weight for each point that labels avoid. Outside the axes, past a small
    margin, 1,000 are added for each mm.
    """
    long, points, room = mm_wide(text), np.asarray(taken), np.asarray(axes.bbox.size) * INCH / axes.figure.dpi
    starts = in_mm(axes, at) + [(step - share * long, rise) for step, share, rise in places]
    low, high = starts - (0.7, 1.7), starts + np.array([long + 0.7, 1.7])
    inside = (points[:, :2] > low[:, None]) & (points[:, :2] < high[:, None])
    outside = np.maximum(-low - 1, high - room - [4, 1]).max(axis=1).clip(0)
    covered = inside.all(axis=2) @ points[:, 2] + 1000 * outside
    return starts[covered.argmin()], float(covered.min())


def label_points(start: Places, text: str, weight: float) -> list[tuple[float, float, float]]:
    """The points of a label that starts at a place in mm, as `free_place` takes them."""
    steps = np.linspace(0, mm_wide(text), 2 + int(mm_wide(text)))
    return [(start[0] + step, start[1] + rise, weight) for step in steps for rise in (-0.7, 0.7)]


def put_label(axes: Axes, text: str, at: tuple[float, float], start: Places, **drawn: Any) -> None:
    """Write a label that starts at a place in mm, with a line to its point where it stands away from it."""
    right, up = (start - in_mm(axes, at)) * 72 / INCH
    nearest = float(np.clip(-right / 72 * INCH / mm_wide(text), 0, 1))
    leader = LEADER | {"relpos": (nearest, 0.5)} if abs(up) > 7 else None
    axes.annotate(visible(text), at, xytext=(right, up), textcoords="offset points", va="center_baseline",
                  fontsize=SMALL, zorder=2.5, arrowprops=leader, **drawn)  # fmt: skip


@lru_cache(maxsize=4096)
def mm_wide(text: str, size: float = SMALL) -> float:
    """The width in mm of a text in one line, as it is shown, in the house's font at a size in points."""
    font = FontProperties(family="DejaVu Sans", size=size)
    points: float = text_to_path.get_text_width_height_descent(visible(text), font, ismath=False)[0]
    return points / 72 * INCH


def wrapped(text: str, width: float, *, size: float = SMALL, lines: int = 1) -> str:
    r"""A text, visible, broken after spaces, hyphens and strokes to fit a width in mm; what does not fit ends in ``…``.

    Examples
    --------
    >>> wrapped("Internet governance and enhanced cooperation", 30, lines=2)
    'Internet governance and\nenhanced cooperation'
    >>> wrapped("Internet governance and enhanced cooperation", 30)
    'Internet governance an…'
    """
    rows = [""]
    for part in re.findall(r"[^-/\s]*[-/\s]+|[^-/\s]+", re.sub(r"[\n\t]+", " ", visible(text.strip()))):
        if rows[-1] and len(rows) < lines and mm_wide((rows[-1] + part).rstrip(), size) > width:
            rows.append("")
        rows[-1] += part
    last = rows[-1]
    while rows[-1] and mm_wide(last, size) > width:
        rows[-1] = rows[-1][:-1]
        last = rows[-1].rstrip(" ,;-") + "…"
    return "\n".join(row.strip() for row in (*rows[:-1], last))


@house_style()
def render(figure: Figure, *, title: str, alt: str) -> dict[str, bytes]:
    """Draw a figure as ``pdf``, ``svg``, ``png`` and ``preview`` (a PNG of 110 dots per inch), at its exact width.

    Files hold title and alternative text but no date: equal bytes for equal figures. A figure whose width differs by
    0.1 mm or more from all of `WIDTHS_MM` is refused.
    """
    width = figure.get_figwidth() * INCH
    if min(abs(width - known) for known in WIDTHS_MM.values()) >= 0.1:
        allowed = ", ".join(f"{known:g} ({name})" for name, known in WIDTHS_MM.items())
        raise InputError(f"width of figure {title!r} is {width:.1f} mm; allowed are: {allowed}")
    alt = visible(alt)
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # a second layout would move what the first has placed

    def saved(format_: str, **metadata: str | None) -> bytes:
        stream = io.BytesIO()
        figure.savefig(stream, format=format_, dpi=PRINT, metadata={"Title": title, **metadata})
        return stream.getvalue()

    svg = saved("svg", Date=None, Creator=None).decode()
    # Screen readers take <title> and <desc>; matplotlib writes the first alone.
    svg = svg.replace("</title>", f"</title>\n <desc>{html.escape(alt, quote=False)}</desc>", 1)
    return {
        "pdf": saved("pdf", CreationDate=None, Creator=None, Producer=None, Subject=alt),
        "svg": svg.replace("<svg ", '<svg role="img" ', 1).encode(),
        "png": _palette(figure, PRINT, Title=title, Description=alt),
        # Drawn again, since an image made smaller has colours between colours and takes twice the room.
        "preview": _palette(figure, SCREEN, Title=title),
    }


def _palette(figure: Figure, dpi: int, **words: str) -> bytes:
    """A figure as an image in 256 colours, at a third of the size of one in all, with what is told of it."""
    drawn, stream, told = io.BytesIO(), io.BytesIO(), PngInfo()
    figure.savefig(drawn, format="rgba", dpi=dpi)
    for name, text in words.items():
        told.add_itxt(name, text)
    across, down = (int(inches * dpi) for inches in figure.get_size_inches())
    image = Image.frombytes("RGBA", (across, down), drawn.getvalue()).convert("RGB")
    image = image.quantize(256, dither=Image.Dither.NONE)
    image.save(stream, "png", optimize=True, dpi=(dpi, dpi), pnginfo=told)
    return stream.getvalue()

"""Figures of lineage: every edge is a ribbon between its paragraphs, every word of a bar has its origin."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch, Rectangle
from test_figures import texts_of

from wsis_nlp import InputError
from wsis_nlp.figures import WIDTHS_MM, render, style
from wsis_nlp.figures.inheritance import inheritance_figure
from wsis_nlp.figures.ribbons import RELATIONS, ribbon_figure

DOCUMENTS = pd.DataFrame(
    [
        ("zero-draft-of-the-outcome", "2015-06", "draft"),
        ("page-13", "2015-12-16", "fragment"),
        ("outcome", "2023-06-07", "adopted"),
        ("text-inputs", "2025-10-03", "inputs"),
    ],
    columns=["doc_id", "date", "stage"],
)
SECTIONS = {"a": "Human rights and fundamental freedoms", "b": "Telecommunications", "c": ""}
PARAGRAPHS = pd.DataFrame(
    [
        (doc_id, f"{doc_id}:{place}", (SECTIONS["aabbc"[place]], "below") if place < 4 else (), 20 + 30 * place)
        for doc_id in DOCUMENTS["doc_id"]
        for place in range(2 if doc_id == "page-13" else 5)
    ],
    columns=["doc_id", "para_id", "section", "tokens"],
)
EDGES = pd.DataFrame(
    [
        ("zero-draft-of-the-outcome:0", "page-13:0", "kept", False, 20),
        ("zero-draft-of-the-outcome:1", "outcome:0", "split", False, 15),
        ("zero-draft-of-the-outcome:1", "outcome:1", "split", True, 30),
        ("zero-draft-of-the-outcome:2", "text-inputs:3", "reworded", True, 40),
        ("page-13:0", "outcome:4", "merged", False, 18),
        ("outcome:4", "text-inputs:4", "merged", False, 60),
    ],
    columns=["from_para", "to_para", "relation", "moved", "shared_tokens"],
)
ORIGINS = pd.DataFrame(
    [
        ("outcome", "outcome", 300, 0.30),
        ("outcome", "page-13", 20, 0.02),
        ("outcome", "zero-draft-of-the-outcome", 680, 0.68),
        ("page-13", "page-13", 210, 1.0),
        ("text-inputs", "text-inputs", 2000, 0.8),
        ("text-inputs", "outcome", 500, 0.2),
    ],
    columns=["doc_id", "from_doc", "words", "share"],
)
DRAWN = {
    "ribbons": lambda width: ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS[::-1], width=width),
    "bars": lambda width: inheritance_figure(ORIGINS, DOCUMENTS[::-1], width=width),
}


def ribbons_of(figure):
    """Each ribbon by its two paragraphs."""
    found = [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]
    ribbons = {tuple(patch.get_label().split()): patch for patch in found}
    assert len(ribbons) == len(found)
    return ribbons


def boxes_of(figure, label):
    """First and last place, across and down in mm, of each box of a sort."""
    paths = [
        path for drawn in figure.axes[0].collections if drawn.get_label() == label for path in drawn.get_paths()
    ]
    return [np.array([path.vertices.min(axis=0), path.vertices.max(axis=0)]) for path in paths]


def parts_of(figure, doc_id):
    """Origin, first and last place, and colour of each part of a bar, from left to right."""
    bars = [each for each in figure.axes[0].patches if each.get_label().startswith(f"{doc_id} ")]
    return [(bar.get_label().split()[1], bar.get_x(), bar.get_x() + bar.get_width(), bar) for bar in bars]


def grey(colour):
    return float(np.dot(to_rgb(colour), [0.299, 0.587, 0.114]))


# Both


@pytest.mark.parametrize("width", ["springer-double", "springer-single"])
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_texts_are_whole_apart_and_of_six_points_or_more(name, width):
    figure = DRAWN[name](width)
    boxes = [(text, box.padded(-1.5)) for text, box in texts_of(figure)]
    for place, (text, box) in enumerate(boxes):
        assert text.get_fontsize() >= 6
        assert min(box.x0, box.y0) >= -2.5 and (box.max <= figure.bbox.max + 2.5).all(), text.get_text()
        assert not [other.get_text() for other, second in boxes[place + 1 :] if box.overlaps(second)], text.get_text()


@pytest.mark.parametrize("width", sorted(WIDTHS_MM))
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_a_figure_of_lineage_has_its_width_and_the_same_bytes_again(name, width):
    one, two = (DRAWN[name](width) for _ in range(2))
    assert one.get_figwidth() * 25.4 == pytest.approx(WIDTHS_MM[width], abs=1e-6)
    if width == "ieee-double":
        assert render(one, title=name, alt="alt") == render(two, title=name, alt="alt")


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_what_a_reader_must_know_of_a_stage_is_said(name):
    words = " ".join(text.get_text().replace("\n", " ") for text, _ in texts_of(DRAWN[name]("springer-double")))
    assert "fragment: absence from it proves nothing" in words
    assert "one agency's proposed text" in words


# Ribbons


@pytest.mark.parametrize("width", ["springer-double", "springer-single"])
def test_every_edge_is_a_ribbon_as_high_as_its_shared_words(width):
    ribbons = ribbons_of(ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS, width=width))
    assert set(ribbons) == set(zip(EDGES["from_para"], EDGES["to_para"], strict=True))
    heights = [np.ptp(ribbons[pair].get_path().vertices[[0, -2], 1]) for pair in list(ribbons)]
    words = EDGES.set_index(["from_para", "to_para"]).loc[list(ribbons), "shared_tokens"]
    assert heights == pytest.approx(list(words * heights[0] / words.iloc[0]))


def test_a_ribbon_begins_and_ends_at_its_paragraphs_and_two_do_not_lie_on_one_another():
    figure = ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS)
    boxes = dict(zip(PARAGRAPHS["para_id"], boxes_of(figure, "paragraphs"), strict=True))
    ends = {para_id: [] for para_id in boxes}
    for pair, ribbon in ribbons_of(figure).items():
        corners = ribbon.get_path().vertices
        for para_id, edge, across in zip(pair, corners[[[0, -2], [3, 4]]], (1, 0), strict=True):
            assert edge[:, 0] == pytest.approx(boxes[para_id][across, 0])
            assert boxes[para_id][0, 1] - 1e-9 <= edge[0, 1] <= edge[1, 1] <= boxes[para_id][1, 1] + 1e-9
            ends[para_id].append((across, *edge[:, 1]))
    for own in ends.values():
        assert all(side != other or end <= start + 1e-9 for (side, _, end), (other, start, _) in pairwise(sorted(own)))


@settings(max_examples=20)
@given(st.lists(st.integers(1, 90), min_size=1, max_size=5))
def test_words_taken_twice_stay_in_their_paragraph(shared):
    edges = pd.DataFrame(
        [("page-13:1", f"outcome:{place}", "split", False, words) for place, words in enumerate(shared)],
        columns=EDGES.columns,
    )
    figure = ribbon_figure(edges, PARAGRAPHS.assign(tokens=100), DOCUMENTS)
    (top, bottom) = boxes_of(figure, "paragraphs")[6][:, 1]
    places = np.array([ribbon.get_path().vertices[[0, -2], 1] for ribbon in ribbons_of(figure).values()])
    assert top - 1e-9 <= places.min() <= places.max() <= bottom + 1e-9


def test_columns_are_in_order_of_date_and_as_high_as_their_words():
    figure = ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS[::-1])
    heads = [text for text in figure.axes[0].texts if "words" in text.get_text()]
    heads.sort(key=lambda text: text.get_position()[0])
    assert [head.get_text().splitlines()[0] for head in heads] == [
        "zero-draft-of-the-outcome", "page-13", "outcome", "text-inputs",
    ]  # fmt: skip
    boxes = np.array([*boxes_of(figure, "paragraphs")])
    assert len(boxes) == len(PARAGRAPHS)
    assert np.ptp(boxes[:, :, 1], axis=1) / PARAGRAPHS.sort_values("doc_id", key=lambda ids: ids.map(
        list(DOCUMENTS["doc_id"]).index), kind="stable")["tokens"] == pytest.approx(0.0)

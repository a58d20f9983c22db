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
from matplotlib.patches import PathPatch
from test_figures import texts_of

from wsis_nlp import InputError
from wsis_nlp.figures import WIDTHS_MM, render
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
    paths = [path for drawn in figure.axes[0].collections if drawn.get_label() == label for path in drawn.get_paths()]
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
        assert (box.min >= -1).all(), text.get_text()
        assert (box.max <= figure.bbox.max + 1).all(), text.get_text()
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


@settings(max_examples=8)
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
    heads = sorted(
        (text.get_position(), text.get_text()) for text in figure.axes[0].texts if "words" in text.get_text()
    )
    assert [text.splitlines()[0] for _, text in heads] == list(DOCUMENTS["doc_id"])
    assert "400 words" in heads[0][1]
    boxes = np.array(boxes_of(figure, "paragraphs"))
    assert (np.diff(boxes[:, 0, 0]) >= 0).all()
    assert len(set(boxes[:, 0, 0])) == len(DOCUMENTS)
    words = PARAGRAPHS["tokens"].to_numpy()
    assert np.ptp(boxes[:, :, 1], axis=1).ravel() / words == pytest.approx(np.ptp(boxes[0, :, 1]) / words[0])


def test_ribbons_pass_behind_the_columns_between():
    figure = ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS)
    columns = [drawn.get_zorder() for drawn in figure.axes[0].collections if drawn.get_label() == "ground"]
    assert max(ribbon.get_zorder() for ribbon in ribbons_of(figure).values()) < min(columns)


def test_paragraphs_without_ancestor_or_descendant_are_marked_where_there_could_be_one():
    figure = ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS)
    boxes = dict(zip(PARAGRAPHS["para_id"], boxes_of(figure, "paragraphs"), strict=True))
    for sort, linked, none, across in (("new", "to_para", DOCUMENTS["doc_id"].iloc[0], 0),
                                       ("dropped", "from_para", DOCUMENTS["doc_id"].iloc[-1], 1)):  # fmt: skip
        marks = [tuple(mark[across]) for doc_id in DOCUMENTS["doc_id"] for mark in boxes_of(figure, f"{sort} {doc_id}")]
        alone = [each for each in boxes if each not in set(EDGES[linked]) and not each.startswith(f"{none}:")]
        assert marks == [pytest.approx(tuple(boxes[each][across])) for each in alone]


def test_where_dates_do_not_tell_the_order_nothing_is_new_or_dropped():
    figure = ribbon_figure(EDGES[:0], PARAGRAPHS, DOCUMENTS.assign(date="2015"))
    marks = [f"{sort} {doc_id}" for sort in ("new", "dropped") for doc_id in DOCUMENTS["doc_id"]]
    assert [boxes_of(figure, mark) for mark in marks] == [[]] * len(marks)


def test_relations_differ_in_grey_and_moved_ribbons_by_an_outline():
    shades = sorted(grey(fill) for fill, _ in RELATIONS.values())
    assert np.diff(shades).min() > 0.15
    assert shades[-1] < 0.85
    ribbons = ribbons_of(ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS))
    for edge in EDGES.itertuples():
        ribbon = ribbons[edge.from_para, edge.to_para]
        assert ribbon.get_facecolor()[:3] == to_rgb(RELATIONS[edge.relation][0])
        assert bool(ribbon.get_path_effects()) == edge.moved


def test_the_legend_counts_the_edges():
    words = [text.get_text() for text in ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS).legends[0].get_texts()]
    assert words[:5] == ["kept, 1", "merged, 2", "split, 2", "reworded, 1", "outlined: moved, 2"]


def test_sections_are_named_where_there_is_room_and_a_fragment_is_hollow():
    wide, narrow = (
        ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS, width=f"springer-{name}") for name in ("double", "single")
    )
    named = [text.get_text().replace("\n", " ") for text in wide.axes[0].texts if text.get_ha() == "center"]
    assert any(name.startswith("Human rights and") for name in named)
    assert not any(text.get_text().startswith("Human") for text in narrow.axes[0].texts)
    hollow = [len(each.get_facecolor()) == 0 for each in wide.axes[0].collections if each.get_label() == "paragraphs"]
    assert hollow == [False, True, False, False]


@pytest.mark.parametrize("count", [1, 2])
def test_one_document_and_no_edge_are_drawn(count):
    chosen = PARAGRAPHS[PARAGRAPHS["doc_id"].isin(DOCUMENTS["doc_id"][:count])]
    figure = ribbon_figure(EDGES[:0], chosen, DOCUMENTS, width="springer-single")
    assert len(boxes_of(figure, "paragraphs")) == len(chosen)
    assert ribbons_of(figure) == {}


# Bars of inheritance


def test_a_bar_has_the_shares_of_its_words_the_oldest_first_and_the_new_last():
    figure = inheritance_figure(ORIGINS, DOCUMENTS)
    whole = figure.axes[0].get_xlim()[1]
    assert [origin for origin, *_ in parts_of(figure, "outcome")] == ["zero-draft-of-the-outcome", "page-13", "outcome"]
    for doc_id, rows in ORIGINS.groupby("doc_id"):
        parts, shares = parts_of(figure, doc_id), rows.set_index("from_doc")["share"]
        assert [end - start for _, start, end, _ in parts] == pytest.approx(
            [shares[each] * whole for each, *_ in parts]
        )
        assert all(one[2] == pytest.approx(two[1]) for one, two in pairwise(parts))
        assert (parts[0][1], parts[-1][2]) == pytest.approx((0, whole))


def test_words_of_one_origin_have_the_colour_of_its_square_and_new_ones_are_white():
    figure = inheritance_figure(ORIGINS, DOCUMENTS)
    squares = {each.get_label(): each.get_facecolor() for each in figure.axes[0].patches if " " not in each.get_label()}
    assert set(squares) == {"zero-draft-of-the-outcome", "page-13", "outcome"}
    for doc_id in ORIGINS["doc_id"].unique():
        for origin, _, _, part in parts_of(figure, doc_id):
            assert part.get_facecolor() == ((1, 1, 1, 1) if origin == doc_id else squares[origin])
            assert part.get_linestyle() == (":" if doc_id == "page-13" else "-")
    assert np.diff([grey(squares[each][:3]) for each in DOCUMENTS["doc_id"][:3]]).min() > 0.1


@pytest.mark.parametrize("width", ["springer-double", "springer-single"])
def test_a_label_lies_in_its_part_and_says_as_much_as_has_room(width):
    figure = inheritance_figure(ORIGINS, DOCUMENTS, width=width)
    drawn = {text.get_text(): box for text, box in texts_of(figure)}
    assert {"new 2,000 (80%)", "new 300 (30%)", "new 210 (100%)"} <= set(drawn)
    assert "zero-draft-of-the-outcome 680 (68%)" in drawn
    assert not any("20 (2%)" in text for text in drawn)
    for doc_id in ORIGINS["doc_id"].unique():
        for _, start, end, part in parts_of(figure, doc_id):
            box = part.get_window_extent()
            inside = [each for each in drawn.values() if box.y0 < (each.y0 + each.y1) / 2 < box.y1
                      and box.x0 < (each.x0 + each.x1) / 2 < box.x1]  # fmt: skip
            assert all(box.x0 < each.x0 and each.x1 < box.x1 for each in inside)
            assert inside or end - start < 4


# Refusals


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: ribbon_figure(EDGES.drop(columns="moved"), PARAGRAPHS, DOCUMENTS), "edges lacks the column moved"),
        (lambda: ribbon_figure(EDGES.assign(relation="copied"), PARAGRAPHS, DOCUMENTS), "relation 'copied' is unknown"),
        (lambda: ribbon_figure(EDGES, PARAGRAPHS[:-1], DOCUMENTS), "an edge has the paragraph 'text-inputs:4'"),
        (lambda: ribbon_figure(EDGES, pd.concat([PARAGRAPHS] * 2), DOCUMENTS), "paragraphs has two rows for"),
        (lambda: ribbon_figure(EDGES, PARAGRAPHS, DOCUMENTS[1:]), "document 'zero-draft-of-the-outcome' is unknown"),
        (lambda: ribbon_figure(EDGES, PARAGRAPHS[:0], DOCUMENTS), "paragraphs has no rows"),
        (lambda: inheritance_figure(ORIGINS.assign(share=0.9), DOCUMENTS), "above 1 together"),
        (lambda: inheritance_figure(ORIGINS.assign(share=-0.1), DOCUMENTS), "shares of a document are below 0"),
        (lambda: inheritance_figure(ORIGINS.assign(share=np.nan), DOCUMENTS), "inheritance has no rows"),
        (lambda: inheritance_figure(pd.concat([ORIGINS] * 2), DOCUMENTS), "inheritance has two rows for outcome"),
        (lambda: inheritance_figure(ORIGINS, DOCUMENTS[1:]), "document 'zero-draft-of-the-outcome' is unknown"),
        (lambda: inheritance_figure(ORIGINS, DOCUMENTS, width="a4"), "width is 'a4'"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_in_one_line(draw, words):
    with pytest.raises(InputError, match=re.escape(words)) as refusal:
        draw()
    assert "\n" not in str(refusal.value)


def test_documents_too_many_for_the_width_are_refused():
    names = [f"d{number}" for number in range(9)]
    documents = pd.DataFrame({"doc_id": names, "date": "2015", "stage": "draft"})
    paragraphs = pd.DataFrame({"doc_id": names, "para_id": names, "section": [()] * 9, "tokens": 10})
    assert len(boxes_of(ribbon_figure(EDGES[:0], paragraphs, documents), "paragraphs")) == 9
    with pytest.raises(InputError, match="9 documents do not fit the width 'springer-single'"):
        ribbon_figure(EDGES[:0], paragraphs, documents, width="springer-single")

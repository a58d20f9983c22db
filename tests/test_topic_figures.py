"""Figures of topic models: what a reader sees is what the table says, and what is not to be read is hatched."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection, QuadMesh
from matplotlib.colors import to_hex, to_rgb
from test_figures import CASES, prevalence_table, terms_table, texts_of

from wsis_nlp import InputError
from wsis_nlp.figures import (
    WIDTHS_MM,
    render,
    topic_prevalence_figure,
    topic_scan_figure,
    topic_section_heatmap,
    topic_terms_figure,
)  # fmt: skip
from wsis_nlp.figures.sections import HIGHEST
from wsis_nlp.figures.topics import HATCH_INK
from wsis_nlp.topics import READABLE

BOTH = ["springer-double", "springer-single"]
MEASURES = {"stability": 0.7, "seeds": 0.8, "npmi": 0.2, "u_mass": -1.5, "exclusivity": 0.8, "explained": 0.1}
AGREEMENT = {1: 0.9, 2: READABLE - 0.01, 3: READABLE}


def scan_table(numbers=(2, 3, 4, 5, 6), measures=tuple(MEASURES)):
    rows = [
        (number, measure, value, value - 0.02 * number, value + 0.05, value - 0.25, value - 0.35, value - 0.2)
        for number in numbers
        for measure, value in ((measure, MEASURES[measure] + 0.01 * number) for measure in measures)
    ]
    names = ["topics", "measure", "value", "low", "high", "shuffled", "shuffled_low", "shuffled_high"]
    return pd.DataFrame(rows, columns=names)


SECTIONS = {
    "wsis10-draft": [
        "", ("Digital divides",), ("Digital divides", "Access"), ("Digital divides", "Financing"), "Review",
    ],
    "a-res-70-125": [None, ("Part one", "Enhanced cooperation"), ("Part two", "Enhanced cooperation")],
    "wsis20-unesco": [(), "The outcomes of the World Summit on the Information Society and their long implementation"],
}  # fmt: skip
STAGES = {"wsis10-draft": "draft", "a-res-70-125": "fragment", "wsis20-unesco": "inputs"}


def section_table(topics=3, label="governments, civil society"):
    rows = []
    for doc_id, sections in SECTIONS.items():
        for place, section in enumerate(sections):
            shares = np.arange(topics) + len(rows) % 5 + 1.0
            shares = shares**3 / (shares**3).sum()
            rows += [
                (doc_id, section, topic, f"{label} {topic}", place + 1, share, AGREEMENT.get(topic, 1), STAGES[doc_id])
                for topic, share in enumerate(shares, 1)
            ]
    names = ["doc_id", "section", "topic", "label", "paragraphs", "prevalence", "agreement", "stage"]
    return pd.DataFrame(rows, columns=names)


def with_agreement(table):
    return table.assign(agreement=table["topic"].map(AGREEMENT))


def limited_table():
    table = with_agreement(prevalence_table())
    table = table.assign(stage=table["doc_id"].map({"a": "draft", "b": "fragment", "c": "inputs"}))
    return table.assign(low=table["prevalence"] / 2, high=np.sqrt(table["prevalence"]))


DRAWN = {
    "scan": lambda width: topic_scan_figure(scan_table(), recommended=4, width=width),
    "one number": lambda width: topic_scan_figure(scan_table([3]), recommended=3, width=width),
    "stability": lambda width: topic_scan_figure(scan_table(measures=["stability"]), recommended=None, width=width),
    "prevalence": lambda width: topic_prevalence_figure(limited_table(), width=width),
    "terms": lambda width: topic_terms_figure(with_agreement(terms_table()), width=width),
    "sections": lambda width: topic_section_heatmap(section_table(), width=width),
    "twelve topics": lambda width: topic_section_heatmap(section_table(12), width=width),
    "short labels": lambda width: topic_section_heatmap(section_table(2, "data"), width=width),
}  # fmt: skip


def lines_of(axes, label):
    return [line for line in axes.lines if line.get_label() == label]


def words_of(figure):
    return " ".join(text.get_text().replace("\n", " ") for text, _ in texts_of(figure))


# All


@pytest.mark.parametrize("width", BOTH)
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_texts_are_whole_apart_and_of_six_points_or_more(name, width):
    check_texts(DRAWN[name](width))


def check_texts(figure):
    texts = texts_of(figure)
    boxes = [(text, box.padded(-1.5)) for text, box in texts]
    for place, (text, box) in enumerate(boxes):
        assert text.get_fontsize() >= 6
        assert (box.min >= -1).all(), text.get_text()
        assert (box.max <= figure.bbox.max + 1).all(), text.get_text()
        assert not [other.get_text() for other, second in boxes[place + 1 :] if box.overlaps(second)], text.get_text()
    return texts


@pytest.mark.parametrize("width", sorted(WIDTHS_MM))
@pytest.mark.parametrize("name", ["scan", "sections"])
def test_a_figure_of_topics_has_its_width(name, width):
    assert DRAWN[name](width).get_figwidth() * 25.4 == pytest.approx(WIDTHS_MM[width], abs=1e-6)


@pytest.mark.parametrize("name", ["scan", "sections"])
def test_a_figure_of_topics_has_the_same_bytes_again(name):
    one, two = (render(DRAWN[name]("ieee-double"), title=name, alt="alt") for _ in range(2))
    assert one == two


@pytest.mark.parametrize("draw", [topic_prevalence_figure, topic_section_heatmap, topic_terms_figure])
def test_what_hatching_means_is_said_where_something_is_hatched(draw):
    tables = {topic_prevalence_figure: limited_table, topic_section_heatmap: section_table}
    table = with_agreement(tables.get(draw, terms_table)())
    note = f"hatched: agreement below {READABLE}"
    assert note in words_of(draw(table))
    for agreement in (READABLE, np.nan):
        assert note not in words_of(draw(table.assign(agreement=agreement)))
    assert note not in words_of(draw(table.drop(columns="agreement")))


# Scan


@pytest.mark.parametrize("width", BOTH)
def test_each_measure_has_a_panel_with_its_values_and_stability_is_the_largest(width):
    table = scan_table()
    figure = topic_scan_figure(table.sample(frac=1, random_state=0), recommended=None, width=width)
    sizes = [axes.bbox.width * axes.bbox.height for axes in figure.axes]
    assert sizes[0] > 2 * max(sizes[1:])
    for axes, measure in zip(figure.axes, MEASURES, strict=True):
        rows = table[table["measure"] == measure]
        (value,), (shuffled,) = lines_of(axes, "value"), lines_of(axes, "shuffled")
        assert value.get_xydata().tolist() == rows[["topics", "value"]].to_numpy().tolist()
        assert shuffled.get_xydata().tolist() == rows[["topics", "shuffled"]].to_numpy().tolist()
        assert value.get_linestyle() != shuffled.get_linestyle()
        whiskers = [[*line.get_xdata(), *line.get_ydata()] for line in lines_of(axes, "limits")]
        assert whiskers == [[at, at, low, high] for at, low, high in rows[["topics", "low", "high"]].to_numpy()]
        (band,) = axes.collections
        assert band.get_datalim(axes.transData).intervaly.tolist() == [
            rows["shuffled_low"].min(), rows["shuffled_high"].max()
        ]  # fmt: skip


@pytest.mark.parametrize("width", BOTH)
def test_the_line_from_which_topics_are_readable_stands_in_the_panel_of_stability_alone(width):
    first, *others = topic_scan_figure(scan_table(), recommended=None, width=width).axes
    assert [list(line.get_ydata()) for line in lines_of(first, "readable")] == [[READABLE, READABLE]]
    assert "readable" in [text.get_text() for text in first.texts]
    assert READABLE in first.get_yticks()
    assert not [line for axes in others for line in lines_of(axes, "readable")]


def test_the_recommended_number_is_ringed_and_named_or_nothing_is():
    table = scan_table()
    for axes, measure in zip(topic_scan_figure(table, recommended=4).axes, MEASURES, strict=True):
        rows = table[(table["measure"] == measure) & (table["topics"] == 4)]
        assert lines_of(axes, "recommended")[0].get_xydata().tolist() == rows[["topics", "value"]].to_numpy().tolist()
        assert ("recommended: 4" in [text.get_text() for text in axes.texts]) == (measure == "stability")
    figure = topic_scan_figure(table, recommended=None)
    assert "recommended" not in words_of(figure)
    assert not any(len(line.get_xdata()) for axes in figure.axes for line in lines_of(axes, "recommended"))


def test_shuffled_words_are_named_at_their_band_and_nothing_is_said_of_them_without_one():
    figure = topic_scan_figure(scan_table(), recommended=None)
    assert [[text.get_text() for text in axes.texts].count("shuffled words") for axes in figure.axes] == [
        1, *[0] * (len(figure.axes) - 1)
    ]  # fmt: skip
    assert "Grey: texts of shuffled words" in words_of(figure)
    columns = ["shuffled", "shuffled_low", "shuffled_high"]
    assert "shuffled" not in words_of(
        topic_scan_figure(scan_table().assign(**dict.fromkeys(columns, np.nan)), recommended=2)
    )


def test_a_measure_without_a_value_has_no_panel():
    table = scan_table()
    table.loc[table["measure"] == "seeds", "value"] = np.nan
    assert len(topic_scan_figure(table, recommended=None).axes) == len(MEASURES) - 1


@pytest.mark.parametrize("width", BOTH)
@pytest.mark.parametrize(
    ("count", "slope", "seed"), [(1, 0, 0), (2, -0.03, 1), (6, 0.01, 2), (9, -0.02, 3), (14, 0, 4)]
)
def test_labels_of_a_scan_stay_in_their_panel_and_off_the_values(width, count, slope, seed):
    table, generator = scan_table(range(2, 2 + count)), np.random.default_rng(seed)
    values = 0.8 + slope * table["topics"] + generator.uniform(0, 0.05, len(table))
    table = table.assign(value=values, low=values - generator.uniform(0.02, 0.2), high=values + 0.05)
    figure = topic_scan_figure(table, recommended=2, width=width)
    texts = check_texts(figure)
    for axes in figure.axes:
        spots = axes.transData.transform(lines_of(axes, "value")[0].get_xydata())
        for text, box in texts:
            if text in axes.texts:
                assert axes.bbox.x0 <= box.x0 < box.x1 <= axes.bbox.x1 + 1, text.get_text()
                assert not any(box.padded(-2).contains(*spot) for spot in spots), text.get_text()


# Prevalence


def dots_of(axes):
    lines = {line.get_label(): line for line in axes.lines if line.get_label().startswith("share ")}
    return {label.removeprefix("share "): line for label, line in lines.items()}


@pytest.mark.parametrize("width", BOTH)
def test_dots_of_topics_have_the_order_place_and_number_of_the_table(width):
    table = prevalence_table()
    figure = topic_prevalence_figure(table.sort_values("topic", ascending=False, kind="stable"), width=width)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [f"{topic}. label {topic}" for topic in (1, 2, 3)]
    shares = [{doc_id: dot.get_xdata()[0] for doc_id, dot in dots_of(axes).items()} for axes in figure.axes]
    for topic, own in enumerate(shares, 1):
        rows = table[table["topic"] == topic].set_index("doc_id")["prevalence"]
        assert own == pytest.approx((100 * rows).to_dict())
    numbers = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert numbers == [["70", "<1", "100"], ["20", "50", "0"], ["10", "50", "0"]]
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["a", "b", "c"]


def test_a_fragment_among_the_documents_is_hollow_with_a_dotted_whisker_and_a_note():
    figure = topic_prevalence_figure(limited_table())
    for axes in figure.axes:
        assert {doc_id: to_hex(dot.get_markerfacecolor()) == "#ffffff" for doc_id, dot in dots_of(axes).items()} == {
            "a": False, "b": True, "c": False
        }  # fmt: skip
        assert [line.get_linestyle() for line in lines_of(axes, "limits")] == ["-", ":", "-"]
    assert "hollow: b, fragment: absence from it proves nothing" in words_of(figure)
    assert "fragment" not in words_of(topic_prevalence_figure(prevalence_table()))


def test_whiskers_of_topics_are_drawn_where_limits_are_known():
    table = prevalence_table().assign(low=np.nan, high=np.nan)
    table.loc[0, ["low", "high"]] = [0.6, 0.8]
    figure = topic_prevalence_figure(table)
    drawn = [line.get_xdata() for axes in figure.axes for line in lines_of(axes, "limits")]
    assert [list(limits) for limits in drawn if not np.isnan(limits).any()] == [[60.0, 80.0]]


def test_panels_of_topics_of_small_agreement_are_hatched():
    figure = topic_prevalence_figure(limited_table())
    assert [bool(axes.patch.get_hatch()) for axes in figure.axes] == [False, True, False]


# Terms


def test_terms_are_ranked_and_a_label_that_repeats_them_is_left_out():
    figure = topic_terms_figure(terms_table().sample(frac=1, random_state=0))
    first = figure.axes[0]
    assert [label.get_text() for label in first.get_yticklabels()] == CASES["topics"][0][2]
    assert [bar.get_width() for bar in first.patches] == [1, 1 / 2, 1 / 3, 1 / 4]
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Topic 1", "Topic 2: Closing the divides"]
    assert [text.get_text() for text in first.texts] == ["1.000", "0.500", "0.333", "0.250"]
    assert first.get_xlabel() == "weight"


def test_bars_of_topics_of_small_agreement_are_hatched():
    for axes, hatched in zip(topic_terms_figure(with_agreement(terms_table())).axes, (False, True), strict=True):
        assert {bool(bar.get_hatch()) for bar in axes.patches} == {hatched}


@pytest.mark.parametrize("width", BOTH)
def test_a_long_term_stands_in_several_lines_and_is_whole(width):
    long = "commission on science and technology for development"
    table = terms_table().replace("digital divides", "information and communications technologies")
    table = pd.concat([table.assign(topic=table["topic"] + 2 * more) for more in range(3)])
    figure = topic_terms_figure(table.replace("internet", long) if width == BOTH[0] else table, width=width)
    check_texts(figure)
    names = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    shown = {name.replace("\n", " ") for name in names}
    assert "information and communications technologies" in shown
    assert long in shown or width == BOTH[1]
    assert any("\n" in name for name in names)
    assert not any(name.endswith("…") for name in names)


def test_terms_of_many_topics_are_cut_before_a_figure_passes_the_page():
    table = terms_table().replace("internet", "commission on science and technology for development")
    table = pd.concat([table.assign(topic=table["topic"] + 2 * more) for more in range(8)])
    table = pd.concat([table.assign(rank=table["rank"] + 4 * more) for more in range(2)])
    lines = [
        max(label.get_text().count("\n") for label in topic_terms_figure(own, width=BOTH[1]).axes[0].get_yticklabels())
        for own in (table[table["topic"] <= 4], table[table["topic"] <= 12])
    ]
    assert lines[0] > lines[1]


# Sections


def meshes_of(figure):
    return [mesh for mesh in figure.axes[0].collections if isinstance(mesh, QuadMesh)]


@pytest.mark.parametrize("width", BOTH)
def test_cells_of_sections_have_the_values_of_the_table_in_its_order(width):
    table = section_table()
    table.loc[4, "prevalence"] = np.nan
    figure = topic_section_heatmap(table, width=width)
    for mesh, (_, rows) in zip(meshes_of(figure), table.groupby("doc_id", sort=False), strict=True):
        drawn = np.ma.filled(mesh.get_array(), np.nan).reshape(-1)
        assert drawn.tolist() == pytest.approx((100 * rows["prevalence"]).tolist(), nan_ok=True)
        assert mesh.get_clim() == (0, 100)
    assert [text.get_text() for text in figure.axes[0].texts].count("–") == 1


def test_a_section_shows_the_headings_that_the_one_above_lacks_and_its_paragraphs():
    texts = [text.get_text() for text in topic_section_heatmap(section_table(), width="springer-double").axes[0].texts]
    names = [
        "wsis10-draft", "(no heading)", "Digital divides", "Access", "Financing", "Review",
        "a-res-70-125, fragment: absence from it proves nothing", "(no heading)", "Part one / Enhanced cooperation",
        "Part two / Enhanced cooperation", "wsis20-unesco, one agency's proposed text", "(no heading)",
    ]  # fmt: skip
    shown = [text for text in texts if text in names]
    assert shown == names
    assert [text for text in texts if text.isdecimal()] == [*"12345", *"123", *"12"]
    assert [text.startswith("The outcomes of the World Summit") for text in texts].count(True) == 1


def test_headings_below_another_are_indented():
    texts = {text.get_text(): text.get_position()[0] for text in topic_section_heatmap(section_table()).axes[0].texts}
    assert texts["Access"] == texts["Financing"] > texts["Digital divides"] == texts["Review"]


def hatched_in(figure):
    """Ink and share of each hatched cell, with the place of its topic."""
    found = []
    for each in (one for one in figure.axes[0].collections if isinstance(one, PolyCollection) and one.get_hatch()):
        for path in each.get_paths():
            across, down = path.vertices[:4].mean(axis=0)
            for mesh in meshes_of(figure):
                corners = mesh.get_coordinates()
                column = int(np.searchsorted(corners[0, :, 0], across)) - 1
                row = int(np.searchsorted(corners[:, 0, 1], down)) - 1
                if 0 <= row < len(corners) - 1:
                    found.append((to_hex(each.get_edgecolor()[0]), mesh.get_array()[row, column], column))
    return found


def test_columns_of_topics_of_small_agreement_are_hatched():
    cells = hatched_in(topic_section_heatmap(section_table()))
    assert [column for *_, column in cells] == [1] * sum(map(len, SECTIONS.values()))


def test_hatching_is_white_on_dark_cells_and_grey_on_light_ones():
    cells = hatched_in(topic_section_heatmap(section_table().assign(agreement=0)))
    assert len(cells) == len(section_table())
    shares = {ink: [share for each, share, _ in cells if each == ink] for ink in (HATCH_INK.lower(), "#ffffff")}
    assert max(shares[HATCH_INK.lower()]) < min(shares["#ffffff"])


def test_the_colours_of_sections_grow_darker_with_the_share():
    mesh = meshes_of(topic_section_heatmap(section_table()))[0]
    grey = [np.dot(to_rgb(mesh.cmap(mesh.norm(share))), [0.299, 0.587, 0.114]) for share in range(0, 101, 5)]
    assert (np.diff(grey) < 0).all()


@pytest.mark.parametrize("width", BOTH)
def test_forty_five_sections_fit_a_page(width):
    table = pd.concat([section_table(7).assign(doc_id=f"document-{number}") for number in range(5)])
    table["section"] = [f"Section {row // 7} on a matter of many words" for row in range(len(table))]
    figure = topic_section_heatmap(table.groupby("doc_id").head(63), width=width)
    assert figure.get_figheight() * 25.4 <= HIGHEST + 0.1
    check_texts(figure)


# Refusals


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: topic_scan_figure(scan_table().iloc[:0], recommended=None), "table of the scan has no rows"),
        (lambda: topic_scan_figure(scan_table().drop(columns="low"), recommended=2), "lacks the column low"),
        (lambda: topic_scan_figure(pd.concat([scan_table()] * 2), recommended=2), "two rows for 2, stability"),
        (lambda: topic_scan_figure(scan_table().replace("npmi", "c_v"), recommended=2), "measure 'c_v' is unknown"),
        (lambda: topic_scan_figure(scan_table(measures=["npmi"]), recommended=2), "has no value of stability"),
        (lambda: topic_scan_figure(scan_table(), recommended=9), "recommended is 9; allowed are None and the numbers"),
        (lambda: topic_scan_figure(scan_table(), recommended=2.5), "recommended is 2.5; allowed is a whole number"),
        (lambda: topic_scan_figure(scan_table(), recommended=2, width="a4"), "width is 'a4'"),
        (lambda: topic_prevalence_figure(prevalence_table().assign(prevalence=1.5)), "outside 0 and 1"),
        (lambda: topic_prevalence_figure(prevalence_table().assign(high=1.5)), "outside 0 and 1"),
        (lambda: topic_prevalence_figure(pd.concat([prevalence_table()] * 2)), "two rows for a, 1"),
        (lambda: topic_terms_figure(terms_table().iloc[:0]), "topic terms has no rows"),
        (lambda: topic_section_heatmap(section_table().iloc[:0]), "prevalences of sections has no rows"),
        (lambda: topic_section_heatmap(section_table().drop(columns="paragraphs")), "lacks the column paragraphs"),
        (lambda: topic_section_heatmap(section_table().assign(section=None)), "two rows for wsis10-draft"),
        (lambda: topic_section_heatmap(section_table().assign(prevalence=-0.1)), "outside 0 and 1"),
        (lambda: topic_section_heatmap(section_table(20), width=BOTH[1]), "20 topics do not fit the width"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_in_one_line(draw, words):
    with pytest.raises(InputError, match=re.escape(words)) as refusal:
        draw()
    assert "\n" not in str(refusal.value)

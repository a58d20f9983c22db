"""Figures: what is drawn is what the table says, at the size that a journal prints, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from wsis_nlp import InputError, figures
from wsis_nlp.figures import difference, heatmaps, style

CASES = json.loads((Path(__file__).parent / "cases" / "figures.json").read_text("utf-8"))
WIDTHS = sorted(figures.WIDTHS_MM)


def drift_table(**columns):
    table = pd.DataFrame(CASES["drift"])
    table["rate_per_1000"] = 1000 * table["count"] / table["tokens"]
    return table.assign(**{"low": np.nan, "high": np.nan, **columns})


def limited_table():
    low, high = zip(*CASES["limits"], strict=True)
    return drift_table(low=low, high=high)


def difference_table():
    rates = [f"{name}_{side}" for side in "ab" for name in ("rate", "low", "high")]
    rows = [
        dict(zip(["concept", *rates, *difference.DIFFERENCE], [name, *numbers], strict=True))
        for name, *numbers in CASES["differences"]
    ]
    numbers = pd.DataFrame(rows).set_index("concept").astype(float).reset_index()
    return numbers.assign(doc_a="wsis10-draft", doc_b="wsis20-unesco", stage_a="draft", stage_b="inputs")


def mentions_table():
    rows = [(document, concept, place) for document, concept, places in CASES["mentions"] for place in places]
    return pd.DataFrame(rows, columns=["doc_id", "concept", "place"])


CONCEPTS = {"ai": "Artificial intelligence", "gdc": "Global Digital Compact", "human-rights": "Human rights"}


def dispersion_figure(width="springer-double", **options):
    sections = pd.DataFrame({"doc_id": "wsis10-draft", "place": [0.0, 0.3, 0.7]})
    options = {"concepts": CONCEPTS, "sections": sections, "width": width} | options
    return figures.dispersion_figure(mentions_table(), corpus_table().iloc[::-1], **options)


def keyness_table():
    return pd.DataFrame(CASES["keyness"])


def keyness_figure(table, width="springer-double", **options):
    return figures.keyness_figure(table, names=("the draft of 2015", "the inputs of 2025"), width=width, **options)


def prevalence_table():
    documents, shares = ["a", "b", "c"], [[0.7, 0.2, 0.1], [0.004, 0.496, 0.5], [1.0, 0.0, 0.0]]
    rows = [
        (document, topic, f"label {topic}", share)
        for document, own in zip(documents, shares, strict=True)
        for topic, share in enumerate(own, 1)
    ]
    return pd.DataFrame(rows, columns=["doc_id", "topic", "label", "prevalence"])


def terms_table():
    rows = [
        (topic, label, rank, term, 1 / rank)
        for topic, label, terms in CASES["topics"]
        for rank, term in enumerate(terms, 1)
    ]
    return pd.DataFrame(rows, columns=["topic", "label", "rank", "term", "weight"])


def similarity_table():
    values = [[1, 0.25, np.nan], [0.25, 1, 0.875], [np.nan, 0.875, 1]]
    rows = [(a, b, values[i][j]) for i, a in enumerate("pqr") for j, b in enumerate("pqr")]
    return pd.DataFrame(rows, columns=["doc_a", "doc_b", "similarity"])


def paragraph_arguments(rows=24, columns=31):
    values = np.random.default_rng(0).uniform(0, 1, (rows, columns))
    a, b = [f"first:{n}" for n in range(1, rows + 1)], [f"second:{n}" for n in range(1, columns + 1)]
    sections_a = pd.Series(["" if n < 3 else "Data governance" if n < 9 else "Follow-up" for n in range(rows)], index=a)
    sections_b = pd.Series([f"Section {n // 4}, on a matter of many words" for n in range(columns)], index=b)
    return pd.DataFrame(values, index=a, columns=b), sections_a, sections_b


def paragraph_figure(width="springer-double"):
    grid, sections_a, sections_b = paragraph_arguments()
    return figures.paragraph_heatmap(grid, sections_a=sections_a, sections_b=sections_b, width=width)


def corpus_table():
    return pd.DataFrame(CASES["corpus"])


DRAWN = {
    "drift": lambda width: figures.drift_figure(drift_table(), titles={"ai": "Artificial intelligence"}, width=width),
    "limits": lambda width: figures.drift_figure(limited_table(), width=width),
    "differences": lambda width: figures.difference_figure(difference_table(), titles={"ai": "AI"}, width=width),
    "dispersion": dispersion_figure,
    "keyness": lambda width: keyness_figure(keyness_table(), width),
    "prevalence": lambda width: figures.topic_prevalence_figure(prevalence_table(), width=width),
    "terms": lambda width: figures.topic_terms_figure(terms_table(), width=width),
    "documents": lambda width: figures.document_heatmap(similarity_table(), width=width),
    "paragraphs": paragraph_figure,
    "corpus": lambda width: figures.corpus_figure(corpus_table(), width=width),
}


@cache
def drawn(name):
    """A figure in all formats, and the settings before and after it was made."""
    before = dict(matplotlib.rcParams)
    held = figures.render(DRAWN[name]("springer-double"), title=name, alt="Bars, & <lines>.")
    return held, before, dict(matplotlib.rcParams)


@pytest.fixture(scope="module", params=sorted(DRAWN))
def rendered(request):
    return drawn(request.param)[0]


def texts_of(figure):
    """Each text that is drawn, with its box in pixels (the arrow of an annotation left out)."""
    figure.draw_without_rendering()
    unseen = set()  # ticks that a locator makes just outside the axes
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            unseen |= {id(tick.label1) for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high}
    drawn = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    return [(text, Text.get_window_extent(text)) for text in drawn if id(text) not in unseen]


def point_of(axes, doc_id):
    return next(line for line in axes.lines if line.get_label() == f"document {doc_id}")


# Size, bytes and settings


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_a_figure_has_the_width_asked_for_and_fits_a_page(name, width):
    figure = DRAWN[name](width)
    assert isinstance(figure, Figure)
    assert figure.get_figwidth() * 25.4 == pytest.approx(figures.WIDTHS_MM[width], abs=1e-6)
    assert figure.get_figheight() * 25.4 <= style.PAGE_MM


def test_the_width_is_the_same_in_every_format(rendered):
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ", rendered["pdf"])
    assert float(box[1]) / 72 * 25.4 == pytest.approx(174, abs=0.1)
    root = ElementTree.fromstring(rendered["svg"])
    assert float(root.get("width").removesuffix("pt")) / 72 * 25.4 == pytest.approx(174, abs=0.1)
    for png, dots in ((rendered["png"], 300), (rendered["preview"], 110)):
        pixels = int.from_bytes(png[16:20], "big")
        assert pixels / dots * 25.4 == pytest.approx(174, abs=25.4 / dots)


def test_fonts_are_embedded_as_outlines_and_svg_text_stays_text(rendered):
    assert b"/Type3" not in rendered["pdf"]
    assert b"/FontFile2" in rendered["pdf"]
    assert b"<text" in rendered["svg"]


def test_the_svg_says_what_it_shows_to_a_screen_reader(rendered):
    root = ElementTree.fromstring(rendered["svg"])
    named = {child.tag.split("}")[1]: child.text for child in root}
    assert root.get("role") == "img"
    assert named["desc"] == "Bars, & <lines>."
    assert named["title"] in DRAWN


def test_no_format_holds_a_date(rendered):
    assert b"CreationDate" not in rendered["pdf"]
    assert b"<dc:date>" not in rendered["svg"]
    assert b"Software" not in rendered["png"]


def digests():
    """A line for each figure: its name and the hashes of its formats."""
    return [
        " ".join([name, *(hashlib.sha256(each).hexdigest() for each in drawn(name)[0].values())])
        for name in sorted(DRAWN)
    ]


ANOTHER_PROCESS = """
import sys
sys.path[:0] = sys.argv[1:]
import matplotlib
matplotlib.rcParams["font.size"] = 17  # what a user has set does not reach a figure
import test_figures
print(*test_figures.digests(), sep="\\n")
"""


def test_another_process_with_other_settings_draws_the_same_bytes():
    places = [str(Path(__file__).parent), str(Path(figures.__file__).parents[2])]
    run = subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, *places], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == digests()


def test_drawing_one_figure_twice_gives_the_same_bytes():
    figure = DRAWN["drift"]("springer-single")
    assert figures.render(figure, title="drift", alt="alt") == figures.render(figure, title="drift", alt="alt")


def test_ids_in_an_svg_are_unique(rendered):
    ids = re.findall(rb' id="([^"]*)"', rendered["svg"])
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_drawing_changes_no_setting(name):
    _, before, after = drawn(name)
    assert after == before


def test_nothing_loads_pyplot():
    code = "import sys, wsis_nlp.figures; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("width", ["springer-double", "springer-single"])
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_no_text_is_clipped_or_smaller_than_six_points(name, width):
    figure = DRAWN[name](width)
    sheet = figure.bbox
    for text, box in texts_of(figure):
        assert text.get_fontsize() >= 6
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= sheet.width + 1 and box.y1 <= sheet.height + 1
        assert inside, text.get_text()


@pytest.mark.parametrize("width", ["springer-double", "springer-single"])
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_no_text_lies_on_another(name, width):
    figure = DRAWN[name](width)
    boxes = [(text.get_text(), box.padded(-1.5)) for text, box in texts_of(figure)]
    for place, (one, box) in enumerate(boxes):
        met = [other for other, second in boxes[place + 1 :] if box.overlaps(second)]
        assert not met, (one, met)


# Drift


def test_lines_join_documents_of_one_series_only():
    figure = figures.drift_figure(drift_table())
    for axes in figure.axes:
        joined = [line for line in axes.lines if str(line.get_label()).startswith("series")]
        assert [line.get_label() for line in joined] == ["series ecosoc-follow-up"]
        assert len(joined[0].get_xdata()) == 2


def test_points_stand_at_their_dates_and_rates_with_their_counts():
    table = drift_table()
    figure = figures.drift_figure(table)
    for axes, (_, rows) in zip(figure.axes, table.groupby("concept", sort=False), strict=True):
        for row in rows.itertuples():
            (year,), (rate,) = point_of(axes, row.doc_id).get_data()
            assert int(year) == int(row.date[:4])
            assert rate == row.rate_per_1000
            assert (
                sum(text.get_text().endswith(f"n={row.count}") for text in axes.texts)
                == (rows["count"] == row.count).sum()
            )


def test_a_fragment_is_hollow_named_and_joined_to_nothing():
    table = drift_table()
    table.loc[table["doc_id"] == "ecosoc-2016-draft", "stage"] = "fragment"
    axes = figures.drift_figure(table).axes[0]
    assert point_of(axes, "a-res-70-125").get_markerfacecolor() == "none"
    assert point_of(axes, "wsis10-draft").get_markerfacecolor() != "none"
    assert not [line for line in axes.lines if str(line.get_label()).startswith("series")]
    assert sum(text.get_text().startswith("fragment") for text in axes.texts) == 2


@pytest.mark.parametrize("width", ["springer-double", "springer-single"])
def test_the_name_of_a_fragment_stands_at_its_point_and_no_other_label_is_nearer(width):
    figure = figures.drift_figure(drift_table(), width=width)
    figure.draw_without_rendering()
    millimetre = figure.dpi / 25.4
    for axes in figure.axes:
        spot = axes.transData.transform(point_of(axes, "a-res-70-125").get_xydata())[0]
        (name,) = [text for text in axes.texts if text.get_text().startswith("fragment")]
        box = Text.get_window_extent(name)
        assert box.x0 < spot[0] < box.x1
        assert 0 < spot[1] - box.y1 < 4 * millimetre
        assert name.arrow_patch is not None


def test_series_differ_by_marker_as_well_as_colour_and_inputs_have_their_own():
    axes = figures.drift_figure(drift_table()).axes[0]
    markers = {each: point_of(axes, each).get_marker() for each in ("wsis10-draft", "ecosoc-2023-3", "wsis20-unesco")}
    assert len(set(markers.values())) == 3
    assert markers["wsis20-unesco"] == "D"


def test_the_legend_lists_the_documents_by_date_and_says_what_a_fragment_proves():
    figure = figures.drift_figure(drift_table())
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "wsis10-draft (2015-12-07), ga-outcome",
        "a-res-70-125 (2015-12-16), ga-outcome, fragment: absence from it proves nothing",
        "ecosoc-2016-draft (2016-05), ecosoc-follow-up",
        "ecosoc-2023-3 (2023-06-07), ecosoc-follow-up",
        "wsis20-unesco (2025-10-03), ga-outcome-inputs, one agency's proposed text",
    ]


def test_whiskers_are_drawn_where_limits_are_known():
    whiskers = {"low": [0.0, *[np.nan] * 9], "high": [2.5, *[np.nan] * 9]}
    plain, limited = figures.drift_figure(drift_table()), figures.drift_figure(drift_table(**whiskers))
    extra = [line for line in limited.axes[0].lines if list(line.get_ydata()) == [0.0, 2.5]]
    assert len(extra) == 1
    assert len(limited.axes[0].lines) == len(plain.axes[0].lines) + 1


@pytest.mark.parametrize("width", ["springer-double", "springer-single"])
def test_the_whisker_of_a_fragment_is_cut_at_an_arrow_and_presses_no_other_flat(width):
    table = limited_table()
    figure = figures.drift_figure(table, width=width)
    for axes, (_, rows) in zip(figure.axes, table.groupby("concept", sort=False), strict=True):
        whole, part = rows[rows["stage"] != "fragment"], rows[rows["stage"] == "fragment"].iloc[0]
        top = axes.get_ylim()[1]
        assert whole["high"].max() < top < part["high"]
        assert top < 1.5 * whole["high"].max()
        (arrow,) = [line for line in axes.lines if line.get_label() == "cut a-res-70-125"]
        assert whole["high"].max() < arrow.get_ydata()[0] < top
        assert [text.get_text() for text in axes.texts if "≤" in text.get_text()] == [f"≤{part['high']:g}"]
    assert "upper limit" in figure.legends[0].get_texts()[1].get_text()


def test_a_whisker_of_a_fragment_that_fits_is_drawn_whole():
    table = limited_table()
    table.loc[table["stage"] == "fragment", "high"] = 2.0
    axes = figures.drift_figure(table).axes[0]
    assert [0.0, 2.0] in [list(line.get_ydata()) for line in axes.lines]
    assert not [line for line in axes.lines if str(line.get_label()).startswith("cut")]


def test_a_fragment_alone_sets_the_scale():
    axes = figures.drift_figure(limited_table().query("stage == 'fragment'")).axes[0]
    assert axes.get_ylim()[1] > 7
    assert not [line for line in axes.lines if str(line.get_label()).startswith("cut")]


@pytest.mark.parametrize("width", ["springer-double", "springer-single"])
def test_no_count_lies_on_a_whisker(width):
    figure = figures.drift_figure(limited_table(), width=width)
    figure.draw_without_rendering()
    for axes in figure.axes:
        boxes = [Text.get_window_extent(text).padded(-1) for text in axes.texts]
        whiskers = [line.get_path().transformed(axes.transData) for line in axes.lines if line.get_marker() == "_"]
        assert len(whiskers) == 5
        assert not any(whisker.intersects_bbox(box, filled=False) for whisker in whiskers for box in boxes)


def test_an_undefined_rate_is_not_drawn():
    table = drift_table()
    table.loc[0, "rate_per_1000"] = np.nan
    first = figures.drift_figure(table).axes[0]
    assert "document wsis10-draft" not in {line.get_label() for line in first.lines}


@pytest.mark.parametrize("concepts", [1, 5, 9, 16])
def test_any_number_of_concepts_has_a_panel_each(concepts):
    one = drift_table().query("concept == 'ai'")
    table = pd.concat([one.assign(concept=f"concept-{n}") for n in range(concepts)])
    figure = figures.drift_figure(table)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [f"concept-{n}" for n in range(concepts)]


@pytest.mark.parametrize("when", ["", "May 2016", "2016-13", "2015-02-30", float("nan"), None, "16"])
def test_a_document_without_a_date_is_refused_by_name(when):
    table = drift_table()
    table["date"] = table["date"].astype(object)
    table.loc[table["doc_id"] == "ecosoc-2016-draft", "date"] = when
    with pytest.raises(InputError, match="ecosoc-2016-draft"):
        figures.drift_figure(table)


# Differences


def test_concepts_are_ordered_by_their_difference_which_is_printed():
    axes = figures.difference_figure(difference_table(), titles={"ai": "AI"}, width="springer-single").axes[0]
    names = [label.get_text().replace("\n", "") for label in axes.get_yticklabels()]
    assert names == ["AI", "gdc", "gender", "igf", "digital-public-goods", "unknown"]
    assert [text.get_text() for text in axes.texts] == ["difference", "+2.74", "+1.65", "+0.34", "+0.02", "−1.50", "–"]


def test_rates_are_joined_and_filled_where_the_interval_of_their_difference_excludes_0():
    table = difference_table()
    axes = figures.difference_figure(table).axes[0]
    lines = {line.get_label(): line for line in axes.lines}
    for place, row in enumerate(table.sort_values("difference", ascending=False).to_dict("records")):
        a, b = (lines[f"{side} {row['concept']}"] for side in "ab")
        np.testing.assert_equal([*a.get_xdata(), *b.get_xdata()], [row["rate_a"], row["rate_b"]])
        sure = row["difference_low"] > 0 or row["difference_high"] < 0
        assert [mark.get_markerfacecolor() == mark.get_color() for mark in (a, b)] == [sure, sure]
        assert a.get_marker() != b.get_marker()
        flat = [list(line.get_xdata()) for line in axes.lines if set(line.get_ydata()) == {place}]
        assert row["concept"] == "unknown" or [row["rate_a"], row["rate_b"]] in flat
    whiskers = [tuple(line.get_xdata()) for line in axes.lines if line.get_marker() == "|"]
    assert set(zip(table["low_b"], table["high_b"], strict=True)) <= set(whiskers)


def test_the_legend_of_differences_says_what_filled_means_and_whose_text_it_is():
    figure = figures.difference_figure(difference_table())
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words[:2] == [
        "a, whisker above: wsis10-draft",
        "b, whisker below: wsis20-unesco, one agency's proposed text",
    ]
    assert [each.partition(":")[0] for each in words[2:]] == ["filled", "hollow"]
    assert "each interval stands for itself" in words[2].replace("\n", " ")


# Dispersion


def test_each_mention_is_a_stroke_at_its_place_and_each_strip_bears_its_count():
    figure = dispersion_figure()
    table, documents = mentions_table(), corpus_table()
    for axes, document in zip(figure.axes, documents.to_dict("records"), strict=True):
        assert [bar.get_width() for bar in axes.patches] == [document["tokens"]] * 3
        assert axes.get_xlim() == (0, documents["tokens"].max())
        own = table[table["doc_id"] == document["doc_id"]]
        for row, concept in enumerate(CONCEPTS):
            places = own.loc[own["concept"] == concept, "place"] * document["tokens"]
            strokes = [part[0, 0] for part in axes.collections[row].get_segments()]
            assert strokes == pytest.approx(list(places))
            assert axes.texts[row].get_text() == str(len(places))


def test_strips_are_by_document_in_order_of_date_with_what_a_reader_must_know():
    heads = [axes.get_title(loc="left") for axes in dispersion_figure().axes]
    assert [head[:10] for head in heads] == ["2015-12-07", "2015-12-16", "2023-06-07"]
    assert heads[1].endswith("fragment: absence from it proves nothing")
    hollow = [axes.patches[0].get_facecolor()[3] == 0 for axes in dispersion_figure().axes]
    assert hollow == [False, True, False]


def test_strips_are_parted_within_a_document_where_sections_begin():
    borders = [part[0, 0] for part in dispersion_figure().axes[0].collections[-1].get_segments()]
    assert borders == pytest.approx([0.3 * 5581, 0.7 * 5581])
    assert "sections" not in dispersion_figure(sections=None).axes[-1].get_xlabel()


def test_without_concepts_those_of_the_table_are_drawn():
    axes = dispersion_figure(concepts=None).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["human-rights", "ai"]


# Keyness


def drawn_terms(figure):
    """Places of the terms, by their sort and whether the mark points up."""
    marks = [line for line in figure.axes[0].lines if line.get_marker() in "^vo"]
    kinds = [(line.get_marker(), line.get_markerfacecolor() == "white") for line in marks]
    return {kind: sorted(map(tuple, line.get_xydata())) for kind, line in zip(kinds, marks, strict=True)}


def test_terms_that_stand_out_do_so_by_shape():
    assert drawn_terms(keyness_figure(keyness_table())) == {
        ("^", False): [(30, 3.2)],
        ("v", False): [(53, -4.1), (97, -1.0)],
        ("^", True): [],
        ("v", True): [(51, -2.8)],
        ("o", False): [(11, 2.9), (24, 1.9), (29, -3.3), (48, -2.0), (90, 0.0)],
    }


def test_the_most_key_terms_of_each_side_are_named():
    axes = keyness_figure(keyness_table(), labels=5).axes[0]
    named = {text.get_text(): text.get_color() for text in axes.texts if not text.get_text().startswith("more in")}
    assert named == {"ict": style.INK, "summit": style.INK, "technologies": style.INK} | dict.fromkeys(
        ["should", "under"], style.QUIET
    )


def test_the_sides_bear_the_names_of_the_groups():
    texts = {text.get_text(): text.get_position()[1] for text in keyness_figure(keyness_table()).axes[0].texts}
    assert texts["more in the draft of 2015"] > 0.5 > texts["more in the inputs of 2025"]


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.sampled_from([0.001, 0.5])), min_size=1, max_size=60),
    st.integers(1, 40),
)
def test_names_of_many_terms_at_few_places_stay_apart_and_inside(counts, labels):
    rows = [
        (f"term{'s' * (n % 9)} {n}", a, b, np.log2((a + 0.5) / (b + 0.5)), p - 0.5, p)
        for n, (a, b, p) in enumerate(counts)
    ]
    table = pd.DataFrame(rows, columns=["term", "count_a", "count_b", "log_ratio", "low", "p"])
    figure = keyness_figure(table, "springer-single", labels=labels)
    boxes = [box.padded(-1.5) for text, box in texts_of(figure)]
    assert sum(text.get_text().startswith("term") for text in figure.axes[0].texts) <= labels
    for place, box in enumerate(boxes):
        assert min(box.x0, box.y0) >= 0
        assert (box.max <= figure.bbox.max).all()
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])


# Bars


def test_the_corpus_shows_each_count():
    table = corpus_table()
    figure = figures.corpus_figure(table)
    for axes, kind in zip(figure.axes, ("tokens", "preambular", "operative", "subparagraph"), strict=True):
        assert [bar.get_width() for bar in axes.patches] == table[kind].tolist()
    assert len({axes.get_xlim() for axes in figure.axes[1:]}) == 1


# Heatmaps


def test_cells_bear_the_values_of_the_table():
    axes = figures.document_heatmap(similarity_table()).axes[0]
    shown = {(int(text.get_position()[1]), int(text.get_position()[0])): text.get_text() for text in axes.texts}
    for row in similarity_table().itertuples():
        expected = "–" if np.isnan(row.similarity) else f"{row.similarity:.2f}"
        assert shown["pqr".index(row.doc_a), "pqr".index(row.doc_b)] == expected
    assert [label.get_text() for label in axes.get_yticklabels()] == ["p", "q", "r"]


def test_ink_and_cell_have_the_contrast_that_reading_needs():
    def luminance(colour):
        channels = np.array(matplotlib.colors.to_rgb(colour))
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    for value in np.linspace(0, 1, 41):
        table = pd.DataFrame([("a", "a", value)], columns=["doc_a", "doc_b", "similarity"])
        ink = luminance(to_hex(figures.document_heatmap(table).axes[0].texts[0].get_color()))
        cell = luminance(matplotlib.colormaps[heatmaps.COLOURS](value)[:3])
        assert (max(ink, cell) + 0.05) / (min(ink, cell) + 0.05) >= 4.5


def test_the_colours_grow_darker_with_similarity():
    grey = matplotlib.colormaps[heatmaps.COLOURS](np.linspace(0, 1, 64))[:, :3] @ [0.299, 0.587, 0.114]
    assert (np.diff(grey) < 0).all()
    assert grey[0] > 0.95


def test_the_floor_stands_below_the_value_in_the_order_asked_for():
    table = similarity_table().assign(floor_a=np.arange(9) / 10)
    table.loc[0, "floor_a"] = np.nan
    axes = figures.document_heatmap(table.sample(frac=1, random_state=3), order=["r", "p", "q"]).axes[0]
    shown = {}
    for text in axes.texts:
        column, row = text.get_position()
        shown.setdefault(("rpq"[int(row)], "rpq"[int(column)]), []).append((row, text.get_text()))
    for row in table.itertuples():
        value = "–" if np.isnan(row.similarity) else f"{row.similarity:.2f}"
        expected = [value] if np.isnan(row.floor_a) else [value, f"({row.floor_a:.2f})"]
        assert [words for _, words in sorted(shown[row.doc_a, row.doc_b])] == expected


def test_paragraphs_are_rasterised_inside_the_pdf_and_marked_by_number():
    figure = paragraph_figure()
    axes = figure.axes[0]
    assert axes.collections[0].get_rasterized()
    assert axes.collections[0].get_array().shape == (24, 31)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["10", "20", "30"]
    assert list(axes.get_xticks()) == [9.5, 19.5, 29.5]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("first", "second")
    assert axes.yaxis_inverted()


def test_sections_are_named_once_and_cut_to_their_room():
    beside, above = paragraph_figure("springer-single").axes[0].child_axes
    assert {label.get_text() for label in beside.get_yticklabels()} == {"Data governa…", "Follow-up"}
    assert len(above.get_xticklabels()) == 8
    assert all(label.get_text().endswith("…") for label in above.get_xticklabels())


def test_a_name_of_a_section_gives_way_to_that_of_a_longer_one():
    grid, sections_a, sections_b = paragraph_arguments(24, 160)
    sections_b.iloc[:8] = ["one", "two", "two", "two", "two", "two", "three", "three"]
    axes = figures.paragraph_heatmap(grid, sections_a=sections_a, sections_b=sections_b, width="springer-single").axes[
        0
    ]
    named = {label.get_text() for label in axes.child_axes[1].get_xticklabels()}
    assert "two" in named
    assert not {"one", "three"} & named


@pytest.mark.cases("figures.json", "ticks")
def test_ticks_follow_the_numbers_of_paragraphs(case):
    ticks = heatmaps._tens(case["before"] + [str(n) for n in range(1, case["numbers"] + 1)], case["mm"])
    assert list(ticks.values())[:3] == case["first"]


# Labels and texts


@given(st.text(max_size=60), st.floats(5, 60), st.integers(1, 3))
def test_a_wrapped_text_keeps_to_its_lines_and_its_words(text, width, lines):
    words = "".join(letter for letter in text if letter.isascii() and letter.isprintable())
    shown = style.wrapped(words, width, lines=lines)
    assert len(shown.splitlines()) <= lines
    if "…" not in shown:
        assert "".join(shown.split()) == "".join(words.split())
    else:
        kept = "".join(shown.split()).removesuffix("…")
        assert "".join(words.split()).startswith(kept)


# Refusals


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: figures.drift_figure(drift_table(), width="a4"), "width is 'a4'; allowed are: springer-single"),
        (lambda: figures.drift_figure(drift_table().drop(columns="series")), "drift table lacks the column series"),
        (lambda: figures.drift_figure(drift_table().iloc[:0]), "drift table has no rows"),
        (lambda: figures.difference_figure(difference_table().drop(columns="low_b")), "lacks the column low_b"),
        (lambda: figures.difference_figure(pd.concat([difference_table()] * 2)), "two rows for gdc"),
        (lambda: figures.difference_figure(difference_table().assign(doc_b=list("xyxyxy"))), "doc_b of the table of"),
        (lambda: dispersion_figure(sections=pd.DataFrame({"doc_id": ["a"], "place": [1.5]})), "is outside 0 and 1"),
        (lambda: figures.dispersion_figure(mentions_table().replace(0.9, np.nan), corpus_table()), "outside 0 and 1"),
        (lambda: figures.dispersion_figure(mentions_table(), corpus_table().iloc[1:]), "'wsis10-draft' is unknown"),
        (lambda: keyness_figure(keyness_table().assign(count_a=0, count_b=0)), "term 'ict' of the keyness"),
        (lambda: keyness_figure(keyness_table(), labels=0), "labels is 0; allowed is a whole number"),
        (lambda: figures.keyness_figure(keyness_table(), names="ab"), "names are 'ab'; needed are two"),
        (lambda: figures.corpus_figure(corpus_table().drop(columns="operative")), "lacks the column operative"),
        (lambda: figures.document_heatmap(similarity_table().iloc[1:]), "lacks a pair"),
        (lambda: figures.document_heatmap(pd.concat([similarity_table()] * 2)), "two rows for p, p"),
        (lambda: figures.document_heatmap(similarity_table().assign(similarity=-0.5)), "outside 0 and 1"),
        (lambda: figures.document_heatmap(similarity_table(), order=["p", "x"]), "'x' is unknown; known are: p"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_in_one_line(draw, words):
    with pytest.raises(InputError, match=re.escape(words)) as refusal:
        draw()
    assert "\n" not in str(refusal.value)


def test_a_paragraph_without_a_section_is_refused_by_name():
    grid, sections_a, sections_b = paragraph_arguments()
    with pytest.raises(InputError, match="'second:31' has no section"):
        figures.paragraph_heatmap(grid, sections_a=sections_a, sections_b=sections_b.iloc[:-1])


def test_documents_too_many_for_the_width_are_refused():
    names = [f"d{n}" for n in range(12)]
    table = pd.DataFrame([(a, b, 0.5) for a in names for b in names], columns=["doc_a", "doc_b", "similarity"])
    assert len(figures.document_heatmap(table, width="springer-double").axes[0].texts) == 144
    with pytest.raises(InputError, match="12 documents do not fit"):
        figures.document_heatmap(table, width="springer-single")


def test_a_figure_of_no_journals_width_is_refused():
    with pytest.raises(InputError, match=r"width of figure 'wide' is 180.0 mm; allowed are: 84 \(springer-single\)"):
        figures.render(Figure(figsize=(180 / 25.4, 2)), title="wide", alt="alt")
    assert figures.render(Figure(figsize=(174.05 / 25.4, 2)), title="near", alt="alt")["pdf"]

"""Pages of notebooks and of all figures: what a notebook may hold is shown, and nothing of it breaks a run."""

from __future__ import annotations

import re

import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure

from wsis_nlp import Exporter, InputError, SortableTable
from wsis_nlp.export import read_records
from wsis_nlp.pages import gallery_page, notebook_page

NAMES = ["01_first", "02_second"]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def page_of(tmp_path, *cells):
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    return notebook_page(notebook, NAMES[0], NAMES, tmp_path).decode()


def prose(tmp_path, text, **changed):
    return page_of(tmp_path, nbformat.v4.new_markdown_cell(text, **changed))


def code(source, *bundles):
    outputs = [nbformat.v4.new_output("display_data", data=data) for data in bundles]
    return nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=3)


def drawing(tmp_path, name="line", notebook=NAMES[0]):
    exporter = Exporter(tmp_path, notebook, {}, "new")
    figure, data = Figure(figsize=(174 / 25.4, 1)), pd.DataFrame({"x": [1]})
    figure.add_axes((0.1, 0.1, 0.8, 0.8)).plot([0, 1])
    return exporter.figure(figure, name=name, data=data, caption='A "line" & <more>.', alt="A line that <rises>.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("share $p$ of", "<mi>p</mi>"),
        ("$$p = 1$$", 'display="block"'),
        ("share of $x_$ here", "$x_$"),
        (r"$\frac$ and $\left(x$", r"$\frac$"),
        ("$ $", "$ $"),
        (r"for $$\sqrt$$", r"$$\sqrt$$"),
        ("about $5 of it", "about $5 of it"),
        ("a `$HOME` of", "<code>$HOME</code>"),
    ],
)
def test_formulas_are_drawn_and_what_is_none_stays(tmp_path, text, shown):
    assert shown in prose(tmp_path, text)


def test_an_image_attached_to_prose_is_in_the_page(tmp_path):
    page = prose(tmp_path, "![a dot](attachment:dot.png)", attachments={"dot.png": {"image/png": PIXEL}})
    assert f'src="data:image/png;base64,{PIXEL}"' in page


def test_code_is_folded_and_escaped(tmp_path):
    page = page_of(tmp_path, code("'<script>' # &"))
    assert "<summary>code of cell 3</summary>\n<pre><code>'&lt;script&gt;' # &amp;</code></pre>" in page


def test_a_figure_is_shown_from_its_file_where_that_is_beside_the_page(tmp_path):
    bundle = drawing(tmp_path / "figures")._repr_mimebundle_()
    here, elsewhere = (page_of(folder, code("draw()", bundle)) for folder in (tmp_path / "figures", tmp_path / "other"))
    assert '<img alt="A line that &lt;rises&gt;." src="../line.png" width="754"/>' in here
    assert "data:image" not in here
    assert bundle["image/png"] in elsewhere


def test_one_script_serves_all_tables_of_a_page(tmp_path):
    bundles = [SortableTable(pd.DataFrame({"n": [n]}), "Numbers")._repr_mimebundle_() for n in range(3)]
    page = page_of(tmp_path, *(code("show()", bundle) for bundle in bundles))
    assert page.count("<script>") == 1
    assert page.index("<script>") > page.rindex("</table>")
    assert "<script>" not in page_of(tmp_path)


def test_a_notebook_without_cells_is_a_page_without_figures(tmp_path):
    page = page_of(tmp_path)
    assert "provenance.json" not in page
    assert re.findall(r'<a href="([^"]*)"( aria-current="page")?>', page) == [
        ("../index.html", ""), ("01_first.html", ' aria-current="page"'), ("02_second.html", "")
    ]  # fmt: skip


def test_the_page_of_all_figures_has_those_of_each_notebook_with_words_and_files(tmp_path):
    drawing(tmp_path), drawing(tmp_path, "curve", NAMES[1])
    (tmp_path / "plot.svg").write_text("<svg/>")
    Exporter(tmp_path, NAMES[1], {}, "new").record(tmp_path / "plot.svg", name="plot")
    page = gallery_page(read_records(tmp_path), NAMES, tmp_path).decode()
    assert re.findall(r'<h2><a href="([^"]*)">(\w+)', page) == [
        ("notebooks/01_first.html", "first"), ("notebooks/02_second.html", "second")
    ]  # fmt: skip
    assert re.findall(r'<figure id="(\w+)">', page) == ["line", "curve"]
    assert page.count('alt="A line that &lt;rises&gt;."') == page.count("A &#34;line&#34; &amp; &lt;more&gt;.") == 2
    assert [name for name in re.findall(r'(?:href|src)="(line[^"]*)"', page) if not (tmp_path / name).is_file()] == []


def test_without_figures_the_page_says_so(tmp_path):
    assert "No notebook has drawn a figure." in gallery_page({}, NAMES, tmp_path).decode()


@pytest.mark.parametrize("name", ["index", NAMES[0]])
def test_names_of_other_results_are_refused(tmp_path, name):
    with pytest.raises(InputError, match=f"name is '{name}'; allowed is any but 'index' and '01_first'"):
        drawing(tmp_path, name)
    assert not list(tmp_path.iterdir())


def test_a_table_is_shown_by_place_where_two_columns_share_a_name():
    table = pd.DataFrame([[1, 2, "x"]], columns=["a", "a", "b"])
    page = SortableTable(table, "Twice")._repr_mimebundle_()["text/html"]
    assert re.findall(r"<td[^>]*>(.*?)</td>", page) == ["1", "2", "x"]


def test_lists_and_what_is_undefined_are_told_as_text():
    table = pd.DataFrame({"marks": [["a", "b"], []], "n": [float("nan"), 2.0], "moved": [True, False]})
    opened = {"n": lambda row: pd.DataFrame({"para_id": [], "left": [], "match": [], "right": []})}
    page = SortableTable(table, "Marks", opened)._repr_mimebundle_()["text/html"]
    assert re.findall(r"<td( class=\"\w+\")?>(.*?)</td>", page) == [
        (' class="text"', "a; b"), ("", "–"), (' class="word"', "yes"),
        (' class="word"', ""), ("", "2"), (' class="word"', "no"),
    ]  # fmt: skip

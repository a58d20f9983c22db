"""The study as web pages: every executed notebook, and all figures on one.

They need no server, and fetch nothing but what a notebook itself names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, pass_context
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from PIL import Image

from wsis_nlp.display import SCRIPT, STYLE
from wsis_nlp.export import INDEX, Row, saved_words
from wsis_nlp.showing import PRINT, SCREEN, visible

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELLS = """{%- extends 'basic/index.html.j2' -%}
{% block input_group %}<details class="code"><summary>code of cell {{ cell.execution_count }}</summary>
<pre><code>{{ cell.source | e }}</code></pre></details>{% endblock %}"""
PREVIEW = re.compile(r'<figure id="([a-z0-9_-]+)"><img src="data:image/png;base64,[^"]*"')


class _Renderer(IPythonRenderer):
    """Markdown whose formulas are MathML, which browsers draw themselves; what is no formula stays as it is written."""

    def block_math(self, body: str) -> str:
        return _math_ml(body, "block") or str(super().block_math(body))

    def inline_math(self, body: str) -> str:
        return _math_ml(body, "inline") or str(super().inline_math(body))


def _math_ml(formula: str, display: str) -> str:
    """A formula in MathML, or nothing where it cannot be told."""
    # The converter's own errors share no class, and it looks past the end of some formulas.
    try:
        return str(convert(formula, display=display))
    except Exception:
        return ""


class _Cells(HTMLExporter):
    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = _Renderer(escape=False, exclude_anchor_links=True, attachments=attachments)
        return str(MarkdownWithMath(renderer=renderer).render(source))


class _Figure(NamedTuple):
    name: str
    width: int
    caption: str
    alt: str


class _Section(NamedTuple):
    address: str
    name: str
    figures: list[_Figure]


def notebook_page(notebook: NotebookNode, stem: str, others: Sequence[str], out: Path) -> bytes:
    """An executed notebook as a page in the folder ``notebooks`` of results, whose images it shows.

    ``stem`` is its name and ``others`` those of all notebooks of the study, to which the page has links.
    """
    options = {"template_name": "basic", "raw_template": CELLS, "exclude_output_prompt": True}
    exporter: HTMLExporter = _Cells(**options)  # type: ignore[no-untyped-call]
    linked = deepcopy(notebook)
    for output in (output for cell in linked.cells for output in cell.get("outputs", [])):
        if "text/html" in output.get("data", {}):
            output.data["text/html"] = PREVIEW.sub(lambda found: _linked(found, out), output.data["text/html"])
    body, _ = exporter.from_notebook_node(linked)
    if SCRIPT in body:  # once is enough for all tables of a page
        body = STYLE + body.replace(SCRIPT, "").replace(STYLE, "") + SCRIPT
    links = [(f"../{INDEX}.html", "figures"), *((f"{one}.html", _title(one)) for one in others)]
    return _page(title=f"wsis_nlp: {_title(stem)}", body=body, links=links, current=f"{stem}.html")


def gallery_page(records: Mapping[str, Row], others: Sequence[str], out: Path) -> bytes:
    """All figures of a folder of results, by notebook, each with its caption, alternative text and files."""
    sections = []
    for stem in others:
        own = {name: set(row["files"]) for name, row in records.items() if row["notebook"] == stem}
        names = [name for name, files in own.items() if {f"{name}.svg", f"{name}.png", f"{name}.md"} <= files]
        words = {name: saved_words((out / f"{name}.md").read_text(encoding="utf-8")) for name in names}
        figures = [
            _Figure(name, _pixels(out, name), visible(held["Caption"]), visible(held["Alternative text"]))
            for name, held in words.items()
        ]
        sections += [_Section(f"notebooks/{stem}.html", _title(stem), figures)] if figures else []
    links = [(f"{INDEX}.html", "figures"), *((f"notebooks/{one}.html", _title(one)) for one in others)]
    return _page(title="wsis_nlp: figures", sections=sections, links=links, current=f"{INDEX}.html")


def _page(**shown: object) -> bytes:
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, keep_trailing_newline=True)
    return templates.get_template("page.html.j2").render(**shown).encode()


def _title(stem: str) -> str:
    return stem.partition("_")[2].replace("_", " ").strip() or stem


def _linked(found: re.Match[str], out: Path) -> str:
    """A figure shown from its file; one that a notebook put elsewhere stays in the page."""
    name = found[1]
    if not (out / f"{name}.png").is_file():
        return found[0]
    return f'<figure id="{name}"><img src="../{name}.png" width="{_pixels(out, name)}"'


def _pixels(out: Path, name: str) -> int:
    """Pixels on a screen over which a figure is shown."""
    with Image.open(out / f"{name}.png") as image:
        return round(image.width * SCREEN / PRINT)

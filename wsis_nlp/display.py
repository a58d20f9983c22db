"""Tables to look through: in a terminal, and in a notebook to sort, to search, and to open to their evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wsis_nlp.showing import NO_FORMULA, one_line, plain_html, visible

if TYPE_CHECKING:
    import pandas as pd

Row = dict[Any, Any]  # of the table
# The largest number and the last word of the alphabet come first, and after a second click last; what is undefined
# stays at the end. A long table has a field that leaves the rows with all words typed there, which the script makes:
# none stands where no script runs. Nothing is fetched from anywhere.
SCRIPT = """<script>for (const table of document.querySelectorAll("table.sortable:not(.sorted)")) {
table.classList.add("sorted");
const body = table.tBodies[0], rows = [...body.rows];
const told = cell => (cell.querySelector("summary") ?? cell).textContent.trim();
const number = text => Number(text.replaceAll(",", ""));
const compare = (a, b) => isNaN(number(a) + number(b)) ? b.localeCompare(a, undefined, {numeric: true})
  : number(b) - number(a);
[...table.tHead.rows[0].cells].forEach((head, at, heads) => {
  const key = row => told(row.cells[at]), missing = row => key(row) === "–";
  head.firstChild.onclick = () => {
    const turn = head.getAttribute("aria-sort") === "descending" ? -1 : 1;
    heads.forEach(each => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", turn > 0 ? "descending" : "ascending");
    body.append(...rows.sort((a, b) => missing(a) - missing(b) || turn * compare(key(a), key(b))));
  };
});
if (rows.length > 10) {
  const field = document.createElement("input"), count = document.createElement("output");
  Object.assign(field, {type: "search", placeholder: "find rows", ariaLabel: "find rows"});
  field.dataset.lmSuppressShortcuts = "true";
  field.oninput = () => {
    const words = field.value.toLowerCase().split(" ");
    const text = row => [...row.cells].map(told).join(" ").toLowerCase();
    rows.forEach(row => { row.hidden = !words.every(word => text(row).includes(word)); });
    count.value = field.value ? ` ${rows.filter(row => !row.hidden).length} of ${rows.length} rows` : "";
  };
  table.before(field, count);
}
}</script>"""
# Names stay on one line, and the places behind a count have room to be read.
STYLE = """<style>
table.sortable td { vertical-align: top; white-space: nowrap; }
table.sortable .word, table.sortable .text, table.sortable ol { text-align: left; }
table.sortable .text, table.sortable ol { white-space: normal; min-width: 18em; overflow-wrap: anywhere; }
table.sortable ol { width: 40em; }
table.sortable th:not(.word), table.sortable td:not(.word, .text) { text-align: right; }
table.sortable th[aria-sort=descending] button::after { content: " ▼"; }
table.sortable th[aria-sort=ascending] button::after { content: " ▲"; }
</style>"""
MISSING = "–"
WORD, TEXT = ' class="word"', ' class="text"'
PLAIN = 'title="sort by this column" style="all: unset; cursor: pointer; outline: revert"'  # a head, and not a button


def table_text(table: pd.DataFrame) -> str:
    """A table to read in a terminal, all rows and columns, floats to four significant digits."""
    if table.empty:
        return "no rows\n"
    shown = table.map(_seen).rename(columns=_seen, index=_seen)
    return (
        shown.to_string(index=bool(table.index.name), na_rep=MISSING, float_format=shown_number, max_colwidth=120)
        + "\n"
    )


def _seen(value: Any) -> Any:
    """A value of a table for a terminal, its texts visible."""
    if isinstance(value, list | tuple):
        return type(value)(map(_seen, value))
    return one_line(value) if isinstance(value, str) else value


def shown_number(value: float) -> str:
    """A number as a reader takes it in: whole thousands, else four significant digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


@dataclass(frozen=True)
class SortableTable:
    """A table with its caption, which a notebook shows with all its rows; where no scripts run it stays as it is.

    A click on the head of a column sorts by it; of more than ten rows those with given words can be found.

    ``opened`` maps a column of counts to a function of a row that gives the concordance behind its count (see
    `Study.evidence`), or None: a click on the count opens the places that it counts.
    """

    table: pd.DataFrame
    caption: str
    opened: Mapping[str, Callable[[Row], pd.DataFrame | None]] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from pandas.api.types import is_numeric_dtype

        heads = "".join(
            f"<th{'' if is_numeric_dtype(held) else WORD}><button {PLAIN}>{plain_html(str(name))}</button></th>"
            for name, held in self.table.items()
        )
        rows = (self._row(values) for values in self.table.itertuples(index=False, name=None))
        body = f"<thead><tr>{heads}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody>"
        caption = f"<figcaption>{plain_html(self.caption)}</figcaption>"
        shown = (
            f'{STYLE}<figure class="{NO_FORMULA}" style="margin-inline: 0">{caption}'
            f'<table class="sortable">{body}</table>{SCRIPT}</figure>'
        )
        return {"text/html": shown, "text/plain": f"{visible(self.caption)}\n{table_text(self.table)}"}

    def _row(self, values: tuple[Any, ...]) -> str:
        places = list(zip(self.table.columns, values, strict=True))
        return "".join(self._cell(dict(places), name, value) for name, value in places)

    def _cell(self, row: Row, name: Any, value: Any) -> str:
        text = plain_html(_shown(value))
        found = self.opened[name](row) if name in self.opened and text not in ("0", MISSING) else None
        if found is None or found.empty:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            sort = "" if number else TEXT if " " in text else WORD
            return f"<td{sort}>{text}</td>"
        parts = ("para_id", "left", "match", "right")
        places = ([plain_html(place[part]) for part in parts] for place in found.to_dict("records"))
        lines = (
            f"<li>{where}: {left} <mark>{match}</mark>{'' if right[:1] in ',.;:)' else ' '}{right}</li>"
            for where, left, match, right in places
        )
        return f"<td><details><summary>{text}</summary><ol>{''.join(lines)}</ol></details></td>"


def _shown(value: Any) -> str:
    """A value as a reader takes it in: numbers to four significant digits, what is undefined as a dash."""
    import pandas as pd

    if isinstance(value, list | tuple):
        return "; ".join(map(_shown, value))
    value = value.item() if getattr(value, "shape", None) == () else value  # a number of numpy
    if pd.isna(value):
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return shown_number(value)
    return f"{value:,}" if isinstance(value, int) else str(value)

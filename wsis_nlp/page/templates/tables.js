// Tables, which hold the text of a CSV file; lists that are shown in batches.
const ROWS = new Map();
const BATCH = 50;
const TABLE_ROWS = 25; // of a table at once
const LONG = 40; // letters of a cell that is not kept on one line
let tables = 0;

function parsed(csv) {
  const rows = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]+|"")*)"|([^",\n]*))(,|\n)/g)) {
    const cell = quoted === undefined ? plain : quoted.replaceAll('""', '"');
    // An apostrophe keeps a spreadsheet from computing the cell; it is no part of the text.
    rows.at(-1).push(cell.replace(/^'(?=[=+\-@\t\r])/, ""));
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

function rowsOf(name) {
  if (!ROWS.has(name)) {
    const [head, ...rows] = name in data.tables ? parsed(data.tables[name].csv) : [[]];
    ROWS.set(name, rows.map((row) => Object.fromEntries(head.map((column, at) => [column, row[at]]))));
  }
  return ROWS.get(name);
}

function saved(file, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  el("a", { href: url, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  tell(`${file} is saved`);
}
const download = (name, text = () => data.tables[name].csv) =>
  el("button", { type: "button", onclick: () => saved(`${name}.csv`, text()) }, `Download ${name}.csv`);

// The first items, and a button that shows more: the focus goes to the first of them.
function batched(parent, items, make, size = BATCH) {
  let shown = 0;
  const more = el("button", { type: "button", onclick: () => { const first = grow(); (first.querySelector("a, button") ?? first).focus(); } });
  const under = el("p", { class: "more" }, more);
  function grow() {
    const made = items.slice(shown, shown + size).map(make);
    parent.append(...made);
    shown += made.length;
    const left = items.length - shown;
    under.hidden = !left;
    more.textContent = `Show ${Math.min(size, left)} more; ${number(left)} are left of ${number(items.length)}`;
    return made[0];
  }
  if (items.length) grow();
  else under.hidden = true;
  return under;
}

const NAMES = /(^|_)(doc|doc_id|doc_a|doc_b|date|term|concept|series|stage)$/;
function cellOf(column, text) {
  if (text === "" || text === undefined) return "–";
  if (unitAt.has(text)) return paragraphLink(text);
  if (documentAt.has(text) && /doc/.test(column)) return documentLink(text);
  return text;
}

// A table in a box of its own that scrolls, with its caption; made maps columns to what their cells show.
function tableOf(caption, columns, rows, { made = {}, file = null } = {}) {
  const numeric = new Set(columns.filter((column) => !NAMES.test(column) && !made[column]?.text
    && rows.every((row) => row[column] === "" || !Number.isNaN(Number(row[column])))));
  const shown = (column, row) => {
    const own = made[column];
    if (own) return own(row);
    return numeric.has(column) ? number(row[column]) : cellOf(column, row[column]);
  };
  const body = el("tbody");
  const line = (row) => el("tr", {}, columns.map((column, at) =>
    el(at ? "td" : "th", { scope: at ? null : "row", class: numeric.has(column) ? "number" : made[column]?.text || row[column]?.length > LONG ? "long" : null }, shown(column, row))));
  const head = columns.map((column) => el("th", { scope: "col", class: numeric.has(column) ? "number" : null }, column.replaceAll("_", " ")));
  const more = batched(body, rows, line, TABLE_ROWS);
  const id = `caption-${(tables += 1)}`;
  const box = el("div", { class: "box", tabindex: 0, role: "region", "aria-labelledby": id },
    el("table", { "aria-labelledby": id }, el("thead", {}, el("tr", {}, head)), body));
  return el("figure", { class: "table" }, el("figcaption", { id }, caption), box, more, file && el("p", { class: "files" }, file));
}

function dataTable(name, made = {}) {
  const rows = rowsOf(name);
  const columns = rows.length ? Object.keys(rows[0]) : [];
  const { caption } = data.tables[name];
  return rows.length ? tableOf(caption, columns, rows, { made, file: download(name) }) : empty("The table has no rows.");
}
const folded = (title, make) => {
  const held = el("details", { ontoggle: () => { if (held.open && held.children.length === 1) held.append(make()); } }, el("summary", {}, title));
  return held;
};

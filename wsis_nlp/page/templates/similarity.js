// Similarity of documents, of their paragraphs, and two paragraphs side by side.
const FUNCTION_WORDS = new Set(data.function_words);
const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

const pairLink = (row) => el("a", { href: address("similarity", row.doc_a, row.doc_b, row.para_a, row.para_b), "aria-label": `${row.para_a} beside ${row.para_b}` }, row.para_b);

// The grid of two documents, whichever of them is named first.
function gridOf(a, b) {
  const turned = !(`${a} ${b}` in data.grids);
  const signs = data.grids[turned ? `${b} ${a}` : `${a} ${b}`];
  if (signs === undefined) return null;
  const [rows, columns] = [bodyOf[documentAt.get(a)], bodyOf[documentAt.get(b)]];
  const value = (row, column) => {
    const at = 4 * (turned ? column * rows.length + row : row * columns.length + column);
    return parseInt(signs.slice(at, at + 4), 32) / 1e6;
  };
  return { a, b, rows, columns, value };
}

const digits = (value) => (value && value < 1e-4 ? value.toExponential().replace(/-(\d)$/, "-0$1") : String(value));
function gridCsv({ rows, columns, value }) {
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((at, row) => [quoted(unitId(at)), ...columns.map((_, column) => digits(value(row, column)))].join(","));
  return `${["para_a", ...columns.map((at) => quoted(unitId(at)))].join(",")}\n${lines.join("\n")}\n`;
}

// The picture: a path for each level; and over it one cell that arrows, clicks and screen readers move.
function heatmap(grid, open) {
  const { a, b, rows, columns, value } = grid;
  const paths = LEVELS.map(() => []);
  rows.forEach((_, row) => columns.forEach((__, column) => {
    const level = Math.min(LEVELS.length, Math.floor(value(row, column) * 10 + 1e-9)) - 1;
    if (level >= 0) paths[level].push(`M${column} ${row}h1v1h-1z`);
  }));
  const cell = svg("rect", { class: "cell", width: 1, height: 1 });
  const picture = svg("svg", { viewBox: `0 0 ${columns.length} ${rows.length}`, "aria-hidden": "true", preserveAspectRatio: "none" },
    paths.map((path, level) => svg("path", { class: "heat", "fill-opacity": (level + 1) / LEVELS.length, d: path.join("") })), cell);
  picture.style.aspectRatio = `${columns.length} / ${rows.length}`;
  const shown = el("output", { class: "shown" });
  const spoken = ["even", "odd"].map((name) => el("span", { role: "gridcell", id: `cell-${name}` }));
  const line = el("span", { role: "row", class: "unseen" }, spoken);
  const holder = el("div", {
    class: "heatmap", role: "grid", tabindex: 0, "aria-label": `Similarity of the paragraphs of ${a}, from top to bottom, and of ${b}, from left to right: arrows move, Enter opens two paragraphs`,
    "aria-rowcount": rows.length, "aria-colcount": columns.length, onkeydown: key, onclick: (event) => { if (event.isTrusted || event.detail) { at(event); enter(); } }, onpointermove: at,
  }, picture, line);
  let [row, column, odd] = [0, 0, 0];
  function at(event) {
    const box = picture.getBoundingClientRect();
    move(Math.floor(((event.clientY - box.top) / box.height) * rows.length), Math.floor(((event.clientX - box.left) / box.width) * columns.length));
  }
  function move(toRow, toColumn) {
    [row, column] = [Math.max(0, Math.min(rows.length - 1, toRow)), Math.max(0, Math.min(columns.length - 1, toColumn))];
    cell.setAttribute("x", column);
    cell.setAttribute("y", row);
    const text = `${unitId(rows[row])} and ${unitId(columns[column])}: ${number(value(row, column))}`;
    odd = 1 - odd;
    spoken[odd].textContent = visible(text);
    spoken[1 - odd].textContent = "";
    spoken[odd].setAttribute("aria-colindex", column + 1);
    line.setAttribute("aria-rowindex", row + 1);
    holder.setAttribute("aria-activedescendant", spoken[odd].id);
    shown.textContent = visible(text);
  }
  const enter = () => open(unitId(rows[row]), unitId(columns[column]));
  function key(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0], Home: [0, -columns.length], End: [0, columns.length] };
    if (event.key === "Enter" || event.key === " ") enter();
    else if (event.key in steps) move(row + steps[event.key][0], column + steps[event.key][1]);
    else return;
    event.preventDefault();
  }
  let best = [0, 0];
  rows.forEach((_, one) => columns.forEach((__, two) => { if (value(one, two) > value(...best)) best = [one, two]; }));
  move(...best);
  return [el("div", { class: "heatbox" }, holder), el("p", { class: "count" }, shown),
    el("p", { class: "scale" }, "below 0.1 ", svg("svg", { viewBox: "0 0 90 10", class: "levels", role: "img", "aria-label": "darker is more similar" }, LEVELS.map((_, level) => svg("rect", { class: "heat", x: level * 10, y: 0, width: 10, height: 10, "fill-opacity": (level + 1) / LEVELS.length }))), " 0.9 and more")];
}

// The text of a unit, the words of a set of terms marked.
function marked(at, shared) {
  const [text, parts_] = [units.text[at], []];
  let end = 0;
  for (const [start, stop] of wordsOf(at)) {
    const word = text.slice(start, stop);
    parts_.push(text.slice(end, start), shared.has(termOf(word)) ? el("mark", {}, word) : word);
    end = stop;
  }
  return [...parts_, text.slice(end)];
}

function sideBySide(one, two) {
  const terms = [one, two].map((at) => new Set(wordsOf(at).map(([start, end]) => termOf(units.text[at].slice(start, end)))));
  const shared = new Set([...terms[0]].filter((term) => terms[1].has(term) && !FUNCTION_WORDS.has(term)));
  return el("div", { class: "beside" }, [one, two].map((at) => el("article", {}, el("h2", {}, link(unitId(at), "p", unitId(at))), el("p", { lang: languageOf(at) }, marked(at, shared)))));
}

views.set("similarity", (a, b, paraA, paraB) => {
  if (data.empty.similarity) return { title: "Similarity", content: [empty(data.empty.similarity)] };
  if (a === undefined) {
    const made = { doc_b: (row) => [documentLink(row.doc_b)], similarity: (row) => el("a", { href: address("similarity", row.doc_a, row.doc_b), "aria-label": `${number(row.similarity)}, paragraphs of ${row.doc_a} and ${row.doc_b}` }, number(row.similarity)) };
    return {
      title: "Similarity",
      content: [el("p", {}, "Documents share words; a cosine says how many, its floor what two texts of one kind would share, its limits how far it would move if such texts were drafted anew. Each number opens the paragraphs of its two documents. Similar words are no proof of descent."),
        pairForm(documents.id[0], documents.id[1]), dataTable("similarity-documents", made), folded("Nearest paragraphs of all documents", () => dataTable("similarity-paragraphs", { similarity: (row) => el("a", { href: address("similarity", row.doc_a, row.doc_b, row.para_a, row.para_b), "aria-label": `${number(row.similarity)}: ${row.para_a} beside ${row.para_b}` }, number(row.similarity)) }))],
    };
  }
  const grid = documentAt.has(a) && documentAt.has(b) ? gridOf(a, b) : null;
  if (!grid) return null;
  const places = [unitAt.get(paraA), unitAt.get(paraB)];
  if (places.every((at) => at !== undefined)) {
    const [row, column] = [grid.rows.indexOf(places[0]), grid.columns.indexOf(places[1])];
    if (row < 0 || column < 0) return null;
    return {
      title: `${paraA} beside ${paraB}`,
      content: [el("p", {}, `Similarity ${number(grid.value(row, column))}. Marked are the words that both have, function words left out, as the measure counts them. `, link("All paragraphs of the two documents", "similarity", a, b)), sideBySide(...places)],
    };
  }
  const rows = rowsOf("similarity-paragraphs").filter((row) => row.doc_a === a && row.doc_b === b);
  const made = { similarity: (row) => el("a", { href: address("similarity", a, b, row.para_a, row.para_b), "aria-label": `${number(row.similarity)}: ${row.para_a} beside ${row.para_b}` }, number(row.similarity)) };
  return {
    title: `Similarity: ${a} and ${b}`,
    content: [pairForm(a, b), el("p", {}, `Each paragraph of ${a} (from top to bottom) with each of ${b} (from left to right). A dark diagonal is wording that both have in the same order.`),
      heatmap(grid, (one, two) => { location.hash = address("similarity", a, b, one, two); }),
      tableOf(`For each paragraph of ${a} the nearest of ${b}, the most similar first, from 0.1.`, ["similarity", "para_a", "para_b"], rows, { made, file: [download("similarity-paragraphs"), " ", download(`similarity-${a}-${b}`, () => gridCsv(grid))] })],
  };
});

function pairForm(a, b) {
  const entries = documents.id.filter((_, at) => bodyOf[at].length).map((id) => [id, wordy(id) || id]);
  const fields = [["Document", a], ["and", b]].map(([label, chosen]) => choice(label, entries, chosen, () => {}));
  const go = (event) => {
    event.preventDefault();
    const [one, two] = fields.map((one_) => one_.querySelector("select").value);
    if (one === two) tell("Choose two different documents");
    else location.hash = address("similarity", one, two);
  };
  return el("form", { class: "form", onsubmit: go }, fields, el("button", {}, "Compare their paragraphs"));
}

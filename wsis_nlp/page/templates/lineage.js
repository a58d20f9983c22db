// Lineage of a paragraph: whence it comes, where it went, and the words that it took over.
const STYLES = 5; // of lines under words, see the style sheet

function chain(id) {
  const edges = rowsOf("lineage-edges");
  const found = new Set();
  for (const [ahead, back] of [["from_para", "to_para"], ["to_para", "from_para"]]) {
    const reached = new Set([id]);
    for (const para of reached) edges.filter((edge) => edge[ahead] === para).forEach((edge) => { found.add(edge); reached.add(edge[back]); });
  }
  return edges.filter((edge) => found.has(edge));
}

// Runs of words of one origin: those of other documents underlined, with the number of the document.
function byOrigin(at) {
  const [text, own, origins] = [units.text[at], units.document[at], unpacked(units.origins[at])];
  const [made, words] = [[], wordsOf(at)];
  let end = 0;
  for (let first = 0, last = 0; first < words.length; first = last) {
    const origin = origins[first] ?? own;
    while (last < words.length && (origins[last] ?? own) === origin) last += 1;
    const run = text.slice(words[first][0], words[last - 1][1]);
    made.push(text.slice(end, words[first][0]), origin === own ? run : [el("mark", { class: `origin origin${origin % STYLES}` }, run), el("sup", {}, el("span", { class: "unseen" }, "from "), String(origin + 1))]);
    end = words[last - 1][1];
  }
  return [...made, text.slice(end)];
}

const originLegend = (places) => el("ul", { class: "legend" },
  [...new Set(places.flatMap((at) => unpacked(units.origins[at]).filter((origin) => origin !== units.document[at])))].sort((a, b) => a - b).map((origin) =>
    el("li", {}, el("mark", { class: `origin origin${origin % STYLES}` }, "words"), el("sup", {}, String(origin + 1)), " ", documentLink(documents.id[origin]), documents.date[origin] && `, ${documents.date[origin]}`)),
  el("li", {}, "plain words are in no earlier document on file"));

const edgeLine = (edge, other) => el("li", {}, paragraphLink(edge[other]), `: ${edge.relation}${edge.moved === "True" ? ", moved" : ""}, score ${number(edge.score)}, ${many(edge.shared_tokens, "word")} shared, ${percent(edge.from_share)} of the earlier and ${percent(edge.to_share)} of the later paragraph`);

function lineageCard(id, edges, chosen) {
  const at = unitAt.get(id);
  const [before, after] = [edges.filter((edge) => edge.to_para === id), edges.filter((edge) => edge.from_para === id)];
  return el("article", { class: id === chosen ? "chosen" : null }, el("h2", {}, link(id, "lineage", id), id === chosen ? " (chosen)" : ""),
    el("p", { class: "facts" }, wordy(documents.id[units.document[at]])), el("p", { lang: languageOf(at) }, byOrigin(at)),
    before.length ? el("ul", {}, before.map((edge) => edgeLine(edge, "from_para"))) : el("p", { class: "facts" }, "No earlier paragraph on file."),
    after.length ? el("p", { class: "facts" }, "Later: ", after.map((edge, nth) => [nth ? ", " : "", link(edge.to_para, "lineage", edge.to_para)])) : null);
}

views.set("lineage", (id) => {
  const known = id === undefined || (unitAt.has(id) && inBody[unitAt.get(id)]);
  if (!known) return null;
  if (data.empty.lineage) return { title: "Lineage", content: [empty(data.empty.lineage), words()] };
  if (id === undefined) {
    return {
      title: "Lineage",
      content: [el("p", {}, "An edge says that wording was taken over, not by whom or why: two texts may both have it from a third that is not on file. Choose a paragraph, or one of the edges."), paragraphForm(), words(),
        section("Edges", dataTable("lineage-edges", { to_para: (row) => link(row.to_para, "lineage", row.to_para), from_para: (row) => link(row.from_para, "lineage", row.from_para) }))],
    };
  }
  const edges = chain(id);
  const members = [...new Set([id, ...edges.flatMap((edge) => [edge.from_para, edge.to_para])])].sort((a, b) => unitAt.get(a) - unitAt.get(b));
  return {
    title: `Lineage of ${id}`,
    content: [paragraphForm(id), edges.length ? null : empty("No paragraph of an earlier or later document shares wording with this one."),
      el("p", {}, "From the earliest document to the latest. Underlined words stand in an older document: the number and the kind of line say in which."), originLegend(members.map((one) => unitAt.get(one))),
      el("div", { class: "cards" }, members.map((one) => lineageCard(one, edges, id)))],
  };
});

function words() {
  const rows = rowsOf("lineage-words");
  const bars = documents.id.filter((id) => rows.some((row) => row.doc_id === id && row.share)).map((id) => {
    let start = 0;
    const parts_ = rows.filter((row) => row.doc_id === id).map((row) => {
      const [from, at] = [100 * start, documentAt.get(row.from_doc)];
      start += Number(row.share);
      const own = row.from_doc === id;
      return [svg("rect", { class: own ? "own" : `bar look${at % 6}`, x: from, y: 0, width: 100 * row.share, height: 10 }, svg("title", {}, `${own ? "new" : `from ${row.from_doc}`}: ${number(row.words)} words, ${percent(row.share)}`)),
        row.share > 0.05 && svg("text", { x: from + 50 * row.share, y: 7.2, "text-anchor": "middle" }, own ? "new" : String(at + 1))];
    });
    const alt = rows.filter((row) => row.doc_id === id).map((row) => `${row.from_doc === id ? "new" : `from ${row.from_doc}`} ${percent(row.share)}`).join(", ");
    return el("li", {}, el("span", {}, `${documentAt.get(id) + 1} `, documentLink(id)), svg("svg", { class: "shares", viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": `${id}: ${alt}` }, parts_.map(([bar]) => bar)), el("span", { class: "facts" }, alt));
  });
  return section("Words by the oldest document that has them", el("ul", { class: "bars" }, bars), folded("The numbers", () => dataTable("lineage-words")));
}

function paragraphForm(id) {
  const chosen = id === undefined ? documents.id[units.document[unitAt.get(rowsOf("lineage-edges").at(-1).to_para)]] : documents.id[units.document[unitAt.get(id)]];
  const paragraph = choice("Paragraph", [], "", () => {});
  const fill = (doc) => paragraph.querySelector("select").replaceChildren(...bodyOf[documentAt.get(doc)].map((at) =>
    el("option", { value: unitId(at), selected: unitId(at) === id }, `${units.name[at]}: ${units.text[at].slice(0, 50)}…`)));
  const doc = choice("Document", documents.id.filter((_, at) => bodyOf[at].length).map((one) => [one, wordy(one) || one]), chosen, fill);
  fill(chosen);
  const go = (event) => { event.preventDefault(); location.hash = address("lineage", paragraph.querySelector("select").value); };
  return el("form", { class: "form", onsubmit: go }, doc, paragraph, el("button", {}, "Show its lineage"));
}

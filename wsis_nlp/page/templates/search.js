// Search and concordance: words of the body, or a concept of the lexicon.
const WIDTH = 60;
const WAIT = 150; // milliseconds after the last key
let index = null;

// Parts of the words of each unit of the body, hyphenated words parted, with the place of the word.
function parts() {
  const known = new Map();
  const partsOf = (surface) => {
    if (!known.has(surface)) known.set(surface, surface.split(/[-\u2010\u2011]+/).map(termOf).filter(Boolean));
    return known.get(surface);
  };
  index ??= bodyOf.flat().map((at) => {
    const [terms, places] = [[], []];
    wordsOf(at).forEach(([start, end], place) => partsOf(units.text[at].slice(start, end)).forEach((term) => { terms.push(term); places.push(place); }));
    return { at, terms, places };
  });
  return index;
}

function patterns(query) {
  return query.split(/[\s\-\u2010\u2011]+/).map((word) => {
    if (!/[*?]/.test(word)) { const plain = termOf(word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")); return plain && ((term) => term === plain); }
    const form = termOf(word).replace(/[.+^${}()|[\]\\/]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
    const expression = new RegExp(`^(?:${form})$`, "su");
    return (term) => expression.test(term);
  }).filter(Boolean);
}

function phrasePlaces(query) {
  const wanted = patterns(query);
  if (!/[\p{L}\p{N}]/u.test(query) || !wanted.length) return [];
  const found = [];
  for (const { at, terms, places } of parts()) {
    for (let start = 0; start + wanted.length <= terms.length; start += 1) {
      if (wanted.every((matches, step) => matches(terms[start + step]))) found.push({ at, first: places[start], last: places[start + wanted.length - 1] });
    }
  }
  return found;
}

function conceptPlaces(id) {
  const [wanted, { unit: held, concept, position, words }] = [concepts.id.indexOf(id), data.mentions];
  return held.flatMap((at, nth) => (concept[nth] === wanted ? [{ at, first: position[nth], last: position[nth] + words[nth] - 1 }] : []));
}

function context({ at, first, last }) {
  const [text, words] = [units.text[at], wordsOf(at)];
  const [start, end] = [words[first][0], words[last][1]];
  let [left, right] = [text.slice(Math.max(0, start - WIDTH), start), text.slice(end, end + WIDTH)];
  if (start > WIDTH) left = left.replace(/^\S*\s?/, "");
  if (end + WIDTH < text.length) right = right.replace(/\s?\S*$/, "");
  return [left, text.slice(start, end), right];
}

function concordanceLine(place) {
  const [left, match, right] = context(place);
  const id = unitId(place.at);
  return el("li", {}, link(id, "p", id), el("span", { class: "left", lang: languageOf(place.at) }, left),
    el("mark", {}, match), el("span", { class: "right", lang: languageOf(place.at) }, right));
}

views.set("search", (sort, query = "", doc = "") => {
  const results = el("div", { class: "results" });
  const labels = new Map(concepts.id.map((id, at) => [id, concepts.label[at]]));
  const words = el("input", { type: "search", value: sort === "words" ? query : "", autocomplete: "off", spellcheck: "false", oninput: later });
  const entries = [["", "none"], ...labels];
  const concept = choice("or a concept", entries, sort === "concept" ? query : "", () => run(true));
  const where = choice("in", [["", "all documents"], ...documents.id.map((id) => [id, wordy(id) || id])], doc, () => run(true));
  const [byConcept, byDocument] = [concept.querySelector("select"), where.querySelector("select")];
  let timer = 0;
  function later() {
    byConcept.value = "";
    clearTimeout(timer);
    timer = setTimeout(run, WAIT, true);
  }
  function run(typed) {
    const [id, text] = [byConcept.value, words.value.trim()];
    const places = (id ? conceptPlaces(id) : text ? phrasePlaces(text) : [])
      .filter(({ at }) => !byDocument.value || documents.id[units.document[at]] === byDocument.value);
    const parts_ = id ? ["search", "concept", id] : text ? ["search", "words", text] : ["search"];
    if (typed) {
      try { history.replaceState(null, "", address(...parts_, ...(byDocument.value && (id || text) ? [byDocument.value] : []))); } catch { /* an address that cannot be kept */ }
    }
    const heading = places.length ? summary(places) : text || id ? "No place." : "Type words, such as digital divide*, or choose a concept.";
    const list = el("ol", { class: "kwic" });
    const more = batched(list, places, concordanceLine);
    results.replaceChildren(el("p", { class: "count" }, heading), places.length ? perDocument(places) : "", list, more);
    tell(heading);
  }
  const form = el("form", { class: "form", role: "search", onsubmit: (event) => { event.preventDefault(); run(true); } },
    field("Words", words), concept, where);
  run(false);
  return {
    title: sort === "concept" && labels.has(query) ? `Search: ${labels.get(query)}` : "Search",
    content: [el("p", { id: "how" }, "Words of the body are found without regard to case; several make a phrase, * stands for any letters and ? for one. Concepts are those that the study counts."), form, results],
  };
});

const summary = (places) => `${many(places.length, "place")} in ${many(new Set(places.map(({ at }) => at)).size, "paragraph")} of ${many(new Set(places.map(({ at }) => units.document[at])).size, "document")}.`;

function perDocument(places) {
  const rows = documents.id.map((id, place) => {
    const own = places.filter(({ at }) => units.document[at] === place);
    return { document: id, places: own.length, paragraphs: new Set(own.map(({ at }) => at)).size, of: bodyOf[place].length };
  });
  return folded("Places by document", () => tableOf("Places, and paragraphs that have one, by document.", ["document", "places", "paragraphs", "of"], rows, { made: { document: (row) => documentLink(row.document) } }));
}

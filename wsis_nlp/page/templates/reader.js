// Documents paragraph by paragraph, and each paragraph by itself.
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// Text with its footnote marks as links to the footnotes.
function withNotes(at) {
  const [text, id] = [units.text[at], documents.id[units.document[at]]];
  return text.split(/([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/).map((part, nth) => {
    const label = Array.from(part, (sign) => SUPERSCRIPTS.indexOf(sign)).join("");
    const note = `${id}:fn${label}`;
    return nth % 2 && unitAt.has(note) ? el("a", { href: address("read", id, note), class: "note", "aria-label": `footnote ${label}` }, part) : part;
  });
}

const levelOf = (at) => Math.min(5, 3 + units.section[at].length);
function unit(at) {
  const [id, kind] = [unitId(at), kindOf(at)];
  const marks = units.marks[at].length ? el("span", { class: "marks" }, ` [${units.marks[at].join("; ")}]`) : null;
  if (kind === "heading") {
    return el(`h${levelOf(at) - 1}`, { id, tabindex: -1, lang: languageOf(at) }, el("a", { href: address("p", id) }, units.text[at]));
  }
  const label = units.label[at] || units.name[at];
  return el("div", { id, tabindex: -1, class: `unit ${kind}` },
    el("a", { class: "label", href: address("p", id), "aria-label": `Paragraph ${id}` }, label),
    el("p", { lang: languageOf(at) }, withNotes(at), marks));
}

views.set("read", (id, target) => {
  if (id === undefined) return { title: "Documents", content: [documentList()] };
  if (!documentAt.has(id)) return null;
  const [place, own] = [documentAt.get(id), []];
  units.document.forEach((held, at) => { if (held === place) own.push(at); });
  const notes = own.filter((at) => kindOf(at) === "footnote");
  const heads = own.filter((at) => kindOf(at) === "heading");
  const outline = heads.length ? el("nav", { class: "outline", "aria-label": "Sections" }, el("details", {}, el("summary", {}, `Sections (${heads.length})`),
    el("ol", {}, heads.map((at) => el("li", { class: `level${units.section[at].length}` }, link(units.text[at], "read", id, unitId(at))))))) : null;
  return {
    title: documents.title[place] || id, target, language: documents.language[place],
    content: [
      facts(place), outline,
      el("div", { class: "text" }, own.filter((at) => kindOf(at) !== "footnote").map(unit)),
      notes.length ? section("Footnotes", el("div", { class: "text" }, notes.map(unit))) : null,
    ],
  };
});

const facts = (place) => el("p", { class: "facts" }, [
  documents.id[place], documents.symbol[place], documents.body[place], documents.date[place], documents.stage[place] !== "unstated" && documents.stage[place],
  NOTES[documents.stage[place]], many(bodyOf[place].length, "paragraph"),
].filter(Boolean).join(" · "));

const documentList = () => el("ul", { class: "documents" }, documents.id.map((id, place) =>
  el("li", {}, el("h2", {}, link(documents.title[place] || id, "read", id)), facts(place))));

// One paragraph: where it stands, its address, and what the study says of it.
views.set("p", (id) => {
  if (!unitAt.has(id)) return null;
  const at = unitAt.get(id);
  const doc = documents.id[units.document[at]];
  const own = bodyOf[units.document[at]];
  const [before, after] = [own[own.indexOf(at) - 1], own[own.indexOf(at) + 1]];
  const found = new Set(data.mentions.unit.flatMap((held, nth) => (held === at ? [data.mentions.concept[nth]] : [])));
  const near = rowsOf("similarity-paragraphs").filter((row) => row.para_a === id);
  const lines = [
    found.size ? el("li", {}, "Concepts: ", [...found].sort((a, b) => a - b).map((nth, place) => [place ? ", " : "", link(concepts.label[nth], "search", "concept", concepts.id[nth], doc)])) : null,
    inBody[at] && !data.empty.lineage ? el("li", {}, link("Lineage: where its words come from", "lineage", id)) : null,
    near.map((row) => el("li", {}, "Nearest in ", row.doc_b, ": ", pairLink(row), `, similarity ${number(row.similarity)}`)),
  ];
  return {
    title: id,
    content: [
      el("p", { class: "facts" }, link(wordy(doc), "read", doc, id), units.section[at].map((head) => ` › ${head}`)),
      el("blockquote", {}, el("p", { lang: languageOf(at) }, units.label[at] && el("b", {}, `${units.label[at]} `), withNotes(at))),
      el("ul", {}, lines), copier(address("p", id)),
      el("p", { class: "steps" }, before !== undefined && inBody[at] ? link(`Before: ${unitId(before)}`, "p", unitId(before)) : null, " ",
        after !== undefined && inBody[at] ? link(`After: ${unitId(after)}`, "p", unitId(after)) : null),
    ],
  };
});

function copier(hash) {
  const held = el("input", { readonly: true, value: location.href.replace(/#.*$/, "") + hash });
  const copy = async () => {
    held.select();
    try { await navigator.clipboard.writeText(held.value); tell("The address is copied"); }
    catch { tell(document.execCommand("copy") ? "The address is copied" : "The address is selected; copy it"); }
  };
  return el("div", { class: "form" }, field("Address of this paragraph", held), el("button", { type: "button", onclick: copy }, "Copy the address"));
}

// How the page was made, and how to cite it.
views.set("about", () => {
  const listed = (values) => Object.entries(values).map(([name, value]) => ({ name, value }));
  const { version, authors, licence } = data.software;
  const hashes = documents.id.map((id, at) => ({ document: id, symbol: documents.symbol[at], source: documents.source[at], rights: documents.rights[at], sha256: documents.sha256[at] }));
  const as = (name) => Object.assign((row) => row[name], { text: true });
  const made = Object.fromEntries(["document", "symbol", "source", "rights", "sha256", "name", "value"].map((name) => [name, as(name)]));
  made.document = Object.assign((row) => documentLink(row.document), { text: true });
  return {
    title: "How it was made",
    content: [
      el("p", {}, `By wsis_nlp ${version}, in the reading “${data.reading}”. The page holds all its data and asks nothing of another machine. Counts are of the body: preambular and operative paragraphs and sub-paragraphs; running heads and page numbers are left out of the texts. The same documents and the same versions give the same page, byte for byte.`),
      data.skipped.length ? section("Left out", el("ul", {}, data.skipped.map((why) => el("li", {}, why)))) : null,
      section("How to cite", el("p", {}, `${authors}: wsis_nlp, version ${version}. The software is under the licence ${licence}. Cite a document by its own title, symbol and date, and a paragraph by its name, such as `, el("code", {}, unitId(bodyOf.flat()[0] ?? 0)), ". The documents have the rights that the table says; the licence of the software does not cover them.")),
      section("Documents", tableOf("Documents and the SHA-256 of their files.", Object.keys(hashes[0]), hashes, { made }), dataTable("documents"), dataTable("units")),
      section("Files that the numbers depend on", folded("SHA-256 of each", () => tableOf("Files and their SHA-256.", ["name", "value"], listed(data.inputs), { made }))),
      section("Versions and options", tableOf("Versions of the packages, and what was chosen.", ["name", "value"], [...listed(data.packages), { name: "reading", value: data.reading }, ...listed(data.topics.options)], { made })),
      section("All tables", el("p", { class: "files" }, Object.keys(data.tables).map((name) => [download(name), " "]))),
    ],
  };
});

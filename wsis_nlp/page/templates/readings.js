// Corrected places and tracked changes: as printed, and in the new and the old reading.
const SORTS = { tracked: "an edit", ocr: "a misread character", residue: "residue of extraction" };

views.set("readings", () => {
  if (data.empty.readings) return { title: "Readings", content: [empty(data.empty.readings)] };
  const rows = rowsOf("readings");
  const reading = (row, name) => el("span", { class: "reading" }, row.left.length < 60 ? "" : "…", row.left, row[name] === "" ? el("mark", { class: "none" }, "∅") : el("mark", {}, row[name]), row.right, row.right.length < 60 ? "" : "…");
  const made = Object.fromEntries(["printed", "new", "old"].map((name) => [name, Object.assign((row) => reading(row, name), { text: true })]));
  made.sort = Object.assign((row) => `${SORTS[row.sort] ?? row.sort}${row.sure === "yes" ? "" : ", unsure"}`, { text: true });
  return {
    title: "Readings",
    content: [el("p", {}, `Where edits were flattened into a text, or characters misread, a correction beside the document says how it read before (old) and after (new). Counts of this page are of the reading “${data.reading}”. ∅ stands for nothing; the words around a place are as printed.`),
      el("p", { class: "count" }, `${many(rows.length, "place")} in ${many(new Set(rows.map((row) => row.para_id)).size, "unit")}.`),
      tableOf(data.tables.readings.caption, ["para_id", "printed", "new", "old", "sort"], rows, { made, file: download("readings") })],
  };
});

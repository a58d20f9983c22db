// Topics with their agreement, terms and typical paragraphs, and which number of topics is supported.
const READABLE = 0.6;

function scanChart(rows) {
  const { wide, high, left, right, top, bottom } = CHART;
  const numbers = rows.map((row) => Number(row.topics));
  const x = (topics) => left + ((topics - numbers[0] + 0.5) / (numbers.at(-1) - numbers[0] + 1)) * (wide - left - right);
  const y = (value) => high - bottom - value * (high - top - bottom);
  const line = (name, low, high_, look, shift) => rows.map((row) => svg("g", {}, svg("line", { class: `limits look${look}`, x1: x(row.topics) + shift, x2: x(row.topics) + shift, y1: y(row[low]), y2: y(row[high_]) }),
    svg("path", { class: `mark look${look}`, transform: `translate(${x(row.topics) + shift} ${y(row[name])})`, d: SHAPES[look] })));
  const alt = rows.map((row) => `${row.topics} topics ${number(row.value)} (${number(row.low)} to ${number(row.high)}), shuffled ${number(row.shuffled)}`).join("; ");
  return svg("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", class: "chart", "aria-label": `Agreement by number of topics. ${alt}.` },
    [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => [svg("line", { class: value === READABLE ? "bound" : "grid", x1: left, x2: wide - right, y1: y(value), y2: y(value) }), svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, String(value))]),
    rows.map((row) => svg("text", { x: x(row.topics), y: high - 10, "text-anchor": "middle" }, row.topics)), line("shuffled", "shuffled_low", "shuffled_high", 1, 5), line("value", "low", "high", 0, -5));
}

function topicCard(row) {
  const typical = rowsOf("topics-typical-paragraphs").filter((one) => one.topic === row.topic);
  const over = rowsOf("topics-over-documents").filter((one) => one.topic === row.topic);
  const weak = !(Number(row.agreement) >= READABLE);
  const agreement = row.agreement === "" ? "agreement unknown, as texts are few" : `agreement ${number(row.agreement)} (${number(row.agreement_low)} to ${number(row.agreement_high)})${weak ? `, below ${READABLE}` : ""}`;
  return el("article", { class: weak ? "weak" : null }, el("h3", {}, `${row.topic}. ${row.label}`),
    el("p", { class: "facts" }, `${agreement}; ${percent(row.prevalence)} of all paragraphs${data.topics.supported && !weak ? "" : "; no finding"}`),
    el("p", {}, row.terms),
    el("h4", {}, "Typical paragraphs"), el("ol", {}, typical.map((one) => el("li", {}, paragraphLink(one.para_id), `, share ${number(one.share)}: `, el("span", { lang: languageOf(unitAt.get(one.para_id)) }, one.text.length > 200 ? `${one.text.slice(0, 200)}…` : one.text)))),
    folded("Its share of the documents", () => tableOf(`Prevalence of topic ${row.topic} by document, with limits at 95 per cent.`, ["doc_id", "paragraphs", "prevalence", "low", "high"], over)));
}

views.set("topics", () => {
  const reason = el("p", { class: "verdict" }, data.topics.reason);
  if (data.empty.topics) return { title: "Topics", content: [empty(data.empty.topics)] };
  const stability = rowsOf("topics-scan").filter((row) => row.measure === "stability");
  const shown = data.topics.options.topics;
  return {
    title: "Topics",
    content: [reason,
      el("p", {}, data.topics.supported ? `${shown} topics are shown.` : `That there are ${shown} topics is not supported: none of those below is a finding. They are a way of sorting paragraphs for reading.`,
        " Agreement says how far a topic comes again when a fifth of the paragraphs is left out."),
      stability.length ? section("How many topics?", el("figure", { class: "drawing" }, scanChart(stability), el("ul", { class: "legend" }, ["this text", "its words shuffled"].map((text, look) => el("li", {}, svg("svg", { viewBox: "-8 -8 16 16", class: "key", "aria-hidden": "true" }, svg("path", { class: `mark look${look}`, d: SHAPES[look] })), text))),
        el("figcaption", {}, "Agreement with models of resamples, by number of topics: mean and 2.5th to 97.5th percentile; of shuffled text the mean and the range of 19. Above the line at 0.6 a topic can be read.")), folded("All measures", () => dataTable("topics-scan"))) : null,
      section("The topics", el("div", { class: "cards" }, rowsOf("topics").map(topicCard))),
      section("The numbers", ["topics", "topics-over-documents", "topics-typical-paragraphs"].map((name) => folded(data.tables[name].caption, () => dataTable(name))))],
  };
});

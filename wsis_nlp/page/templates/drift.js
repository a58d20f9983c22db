// Drift of a concept: mentions per 1,000 words at the dates of the documents, with limits.
const SHAPES = ["M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "M-4.5-4.5h9v9h-9z", "M0-5.5L5.5 4.5H-5.5z", "M0 5.5L5.5-4.5H-5.5z", "M-1.8-5.5h3.6v3.7h3.7v3.6h-3.7v3.7h-3.6v-3.7h-3.7v-3.6h3.7z", "M0-6L6 0 0 6-6 0z"];
const DASHES = ["", "6 3", "2 2", "6 2 2 2"];
const CHART = { wide: 360, high: 220, left: 40, right: 24, top: 18, bottom: 30 };

// A date as a year with its fraction; a month or year alone is about its middle.
function yearOf(date) {
  const [year, month, day] = [...date.split("-").map(Number), NaN, NaN];
  const when = Date.UTC(year, Number.isNaN(month) ? 6 : month - 1, Number.isNaN(month) ? 2 : Number.isNaN(day) ? 15 : day);
  return year + (when - Date.UTC(year, 0, 1)) / (366 * 86400000);
}

function ticks(low, high, most) {
  const raw = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9; at += 1) found.push(Number((at * step).toPrecision(6)));
  return found;
}

const seriesOf = [...new Set(documents.series)];
const lookOf = (series) => seriesOf.indexOf(series) % SHAPES.length;
const limits = (row) => (row.high === "" ? "no limits, there being one paragraph"
  : Number(row.count) === 0 ? `up to ${number(row.high)}` : `${number(row.low)} to ${number(row.high)}`);
const told_ = (row) => `${row.doc_id}${row.stage === "fragment" ? ", a fragment" : ""}, ${row.date}: ${many(row.count, "mention")}, ${number(row.rate_per_1000)} per 1,000 words, ${limits(row)}`;
const datedRows = (concept) => rowsOf("drift-all").filter((row) => row.concept === concept && row.date && Number(row.tokens));

function driftChart(concept) {
  const rows = datedRows(concept).map((row) => ({ ...row, year: yearOf(row.date), series: documents.series[documentAt.get(row.doc_id)] })).sort((a, b) => a.year - b.year);
  const whole = rows.filter((row) => row.stage !== "fragment");
  const { wide, high, left, right, top, bottom } = CHART;
  const peak = Math.max(...rows.map((row) => Number(row.rate_per_1000)), ...whole.map((row) => Number(row.high))) || Math.max(1e-9, ...rows.map((row) => Number(row.high))) || 1;
  const years = rows.map((row) => row.year);
  const [first, last] = [Math.min(...years) - 0.4, Math.max(...years) + 0.4];
  const x = (year) => left + ((year - first) / (last - first)) * (wide - left - right);
  const y = (rate) => high - bottom - (Math.min(rate, peak) / peak) * (high - top - bottom);
  const yearTicks = ticks(first, last, 6).filter(Number.isInteger);
  const axis = [
    ticks(0, peak, 4).map((rate) => [svg("line", { class: "grid", x1: left, x2: wide - right, y1: y(rate), y2: y(rate) }), svg("text", { x: left - 6, y: y(rate) + 4, "text-anchor": "end" }, number(rate))]),
    yearTicks.map((year) => svg("text", { x: x(year), y: high - 10, "text-anchor": "middle" }, String(year))),
    svg("line", { class: "axis", x1: left, x2: wide - right, y1: y(0), y2: y(0) }),
  ];
  const lines = seriesOf.filter(Boolean).map((series) => {
    const own = whole.filter((row) => row.series === series);
    return own.length > 1 && svg("polyline", { class: `line look${lookOf(series)}`, "stroke-dasharray": DASHES[lookOf(series) % 4], points: own.map((row) => `${x(row.year)},${y(row.rate_per_1000)}`).join(" ") });
  });
  // Counts stand beside points where they cover no other point: of several that lie close none has one.
  const spots = rows.map((row) => [x(row.year), y(row.rate_per_1000)]);
  const free = (across, down) => !spots.some(([x0, y0]) => (x0 !== across || y0 !== down) && Math.abs(x0 - across) < 34 && Math.abs(y0 - down) < 14);
  const points = rows.map((row) => {
    const [at, look] = [x(row.year), lookOf(row.series)];
    const rise = row.high === "" ? null : [
      svg("line", { class: `limits look${look}${row.stage === "fragment" ? " fragment" : ""}`, x1: at, x2: at, y1: y(row.low), y2: y(row.high) }),
      [row.low, row.high].filter((limit) => Number(limit) > 0 && Number(limit) <= peak).map((limit) => svg("line", { class: `limits look${look}`, x1: at - 4, x2: at + 4, y1: y(limit), y2: y(limit) })),
      Number(row.high) > peak && svg("path", { class: `cut look${look}`, d: `M${at - 4} ${top}h8l-4-6z` }),
    ];
    const open = () => { location.hash = address("search", "concept", concept, row.doc_id); };
    return svg("g", { class: "point", onclick: open }, svg("title", {}, told_(row)), rise,
      svg("circle", { class: "target", cx: at, cy: y(row.rate_per_1000), r: 12 }),
      svg("path", { class: `mark look${look}${row.stage === "fragment" ? " hollow" : ""}`, transform: `translate(${at} ${y(row.rate_per_1000)})${row.stage === "fragment" ? " scale(1.6)" : ""}`, d: SHAPES[look] }),
      free(at, y(row.rate_per_1000)) && svg("text", { x: at > wide - 60 ? at - 9 : at + 9, y: y(row.rate_per_1000) - 5, "text-anchor": at > wide - 60 ? "end" : "start" }, `n=${row.count}`));
  });
  const alt = `${concepts.label[concepts.id.indexOf(concept)]}, mentions per 1,000 words. ${rows.map(told_).join("; ")}.`;
  return svg("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": alt, class: "chart" }, axis, lines, points);
}

const driftLegend = () => el("ul", { class: "legend" }, seriesOf.map((series) => {
  const own = documents.id.filter((_, at) => documents.series[at] === series && documents.date[at]);
  const stages = [...new Set(own.map((id) => NOTES[documents.stage[documentAt.get(id)]]).filter(Boolean))];
  return own.length ? el("li", {}, svg("svg", { viewBox: "-8 -8 16 16", class: "key", "aria-hidden": "true" }, svg("path", { class: `mark look${lookOf(series)}`, d: SHAPES[lookOf(series)] })),
    `${series || "no series"}: ${own.join(", ")}${stages.length ? ` (${stages.join("; ")})` : ""}`) : null;
}));

const READ_DRIFT = "Whiskers are limits at 95 per cent that take paragraphs for independent units of sampling (Korn and Graubard); a zero has an upper limit and is no proof of absence. Lines join only documents of one series. A hollow point is a fragment, whose limit is of its page; an arrow says that it lies above the scale. n: mentions, where there is room; a point opens its mentions, as the counts of the table do.";

views.set("drift", (concept) => {
  if (concept !== undefined && !concepts.id.includes(concept)) return null;
  const made = {
    count: (row) => (Number(row.count) ? el("a", { href: address("search", "concept", row.concept, row.doc_id), "aria-label": `${many(row.count, "mention")} of ${row.concept} in ${row.doc_id}` }, number(row.count)) : "0"),
  };
  const why = ["drift", "concepts"].filter((view) => data.empty[view]).map((view) => empty(data.empty[view]));
  if (concept !== undefined) {
    const rows = rowsOf("drift-all").filter((row) => row.concept === concept);
    return {
      title: `Drift: ${concepts.label[concepts.id.indexOf(concept)]}`,
      content: [why, el("p", {}, link("All concepts", "drift")), data.empty.drift ? null : el("figure", { class: "drawing" }, driftChart(concept), driftLegend(), el("figcaption", {}, `Mentions per 1,000 words of the body. ${READ_DRIFT}`)),
        tableOf(data.tables["drift-all"].caption, ["doc_id", "date", "stage", "count", "rate_per_1000", "low", "high", "section_low", "section_high", "paragraphs_with", "paragraphs", "share_paragraphs", "share_low", "share_high", "first_para"], rows, { made, file: download("drift-all") })],
    };
  }
  const panel = (id, at) => el("li", {}, el("h2", {}, link(concepts.label[at], "drift", id)), driftChart(id));
  return {
    title: "Drift of concepts",
    content: [why, data.empty.drift ? null : [el("p", {}, `Mentions per 1,000 words at the dates of the documents; each concept has a scale of its own. ${READ_DRIFT}`), driftLegend(), el("ul", { class: "panels" }, concepts.id.map(panel))],
      folded("All counts and limits", () => dataTable("drift-all", made))],
  };
});

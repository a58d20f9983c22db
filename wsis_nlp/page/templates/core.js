// The data, elements whose text is always text, addresses, numbers.
const data = JSON.parse(document.getElementById("data").textContent);
const views = new Map();
const { documents, units, concepts } = data;
const NS = "http://www.w3.org/2000/svg";
const HIDDEN = new RegExp(data.hidden, "gu");
const code = (sign) => `⟨U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
const visible = (text) => String(text).replace(HIDDEN, code);

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : visible(value));
  }
  const shown = children.flat(Infinity).filter((child) => child != null && child !== false);
  made.append(...shown.map((child) => (child instanceof Node ? child : visible(child))));
  return made;
}
const el = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);
const svg = (name, attributes = {}, ...children) => filled(document.createElementNS(NS, name), attributes, children);

const address = (...parts) => "#/" + parts.map(encodeURIComponent).join("/");
const link = (text, ...parts) => el("a", { href: address(...parts) }, text);
const told = document.getElementById("told");
const tell = (text) => { told.textContent = visible(text); };

// Numbers as readers take them in: whole thousands, else four significant digits; what is undefined is a dash.
function number(cell) {
  const value = Number(cell);
  if (cell === "" || cell == null || Number.isNaN(value)) return "–";
  return Math.abs(value) >= 1000
    ? value.toLocaleString("en", { maximumFractionDigits: 0 })
    : String(Number(value.toPrecision(4))).replace("-", "−");
}
const many = (count, word) => `${number(count)} ${word}${Number(count) === 1 ? "" : "s"}`;
const percent = (share) => `${Math.round(100 * share)} %`;

const FRAGMENT = "a fragment: absence from it proves nothing";
const NOTES = { fragment: FRAGMENT, inputs: "one agency's proposed text" };
const documentAt = new Map(documents.id.map((id, at) => [id, at]));
const unitId = (at) => `${documents.id[units.document[at]]}:${units.name[at]}`;
const unitAt = new Map(units.name.map((_, at) => [unitId(at), at]));
const kindOf = (at) => units.kinds[units.kind[at]];
const inBody = units.kind.map((kind) => data.body.includes(units.kinds[kind]));
const bodyOf = documents.id.map(() => []);
units.document.forEach((document_, at) => { if (inBody[at]) bodyOf[document_].push(at); });
const wordy = (id) => { const at = documentAt.get(id); return [documents.title[at], documents.date[at]].filter(Boolean).join(", "); };
const paragraphLink = (id) => (unitAt.has(id) ? link(id, "p", id) : id);
const documentLink = (id) => (documentAt.has(id) ? link(id, "read", id) : id);
const languageOf = (at) => documents.language[units.document[at]] || null;

// Places of the words of a unit, as start and end in its text.
const PLACES = new Map();
function unpacked(signs) {
  return Array.from(signs, (sign) => sign.codePointAt(0) - (sign.codePointAt(0) > 0xdfff ? 0x83f : 63));
}
function wordsOf(at) {
  if (!PLACES.has(at)) {
    const lengths = unpacked(units.words[at]);
    const places = [];
    for (let nth = 0, end = 0; nth < lengths.length; nth += 2) {
      const start = end + lengths[nth];
      end = start + lengths[nth + 1];
      places.push([start, end]);
    }
    PLACES.set(at, places);
  }
  return PLACES.get(at);
}
const termOf = (surface) => surface.normalize("NFC").replaceAll("\u00ad", "").replaceAll("\u2019", "'")
  .replace(/[\u2010\u2011]/g, "-").replace(/'[sS]$/, "").toLowerCase();

let controls = 0;
function field(text, control) {
  control.id = `control-${(controls += 1)}`;
  return el("div", { class: "field" }, el("label", { for: control.id }, text), control);
}
function choice(text, entries, chosen, change) {
  const select = el("select", { onchange: () => change(select.value) },
    entries.map(([value, shown]) => el("option", { value, selected: value === chosen }, shown)));
  return field(text, select);
}
const empty = (why) => el("p", { class: "empty" }, why);
const section = (title, ...children) => el("section", {}, el("h2", {}, title), ...children);

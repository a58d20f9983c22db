// From the address to a view: its heading, its title, the focus.
const NAV = [["read", "Read"], ["search", "Search"], ["drift", "Drift"], ["similarity", "Similarity"], ["lineage", "Lineage"], ["readings", "Readings"], ["topics", "Topics"], ["about", "How it was made"]];
const main = document.getElementById("main");
const THEMES = ["system", "light", "dark"];

views.set("", () => ({
  title: "The study",
  content: [
    el("p", {}, `${many(documents.id.length, "document")}, paragraph by paragraph. Every number leads to its paragraphs; intervals stand wherever one is known.`),
    el("ul", { class: "contents" }, [
      ["read", "Read", "the documents, with their sections and footnotes"], ["search", "Search", "words or a concept, each place in its context"],
      ["drift", "Drift", "how often concepts occur, with limits"], ["similarity", "Similarity", "which documents and paragraphs share their words"],
      ["lineage", "Lineage", "from which earlier paragraph each comes"], ["readings", "Readings", "places that were edited or corrected"],
      ["topics", "Topics", "groups of words, and whether they come again"], ["about", "How it was made", "documents, versions, citing, all tables"],
    ].map(([view, name, what]) => el("li", {}, link(name, view), `: ${what}`))),
    documentList(),
  ],
}));

function parts_of(hash) {
  try { return hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent); } catch { return ["?"]; }
}

function show(moving) {
  const [name, ...rest] = parts_of(location.hash);
  const view = views.get(name)?.(...rest) ?? { title: "Not in this page", content: [el("p", {}, "There is nothing at this address. ", link("All views", ""))] };
  const heading = el("h1", { tabindex: -1, lang: view.language }, view.title);
  main.replaceChildren(heading, ...[view.content].flat(Infinity).filter(Boolean));
  document.title = visible(`${view.title} – wsis_nlp`);
  const current = { p: "read" }[name] ?? name;
  document.querySelectorAll("header nav a").forEach((one) => {
    if (one.dataset.view === current) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  });
  document.querySelector("header nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const target = (view.target && document.getElementById(view.target)) || heading;
  if (target === heading) scrollTo(0, 0);
  else target.scrollIntoView();
  if (moving) target.focus({ preventScroll: true });
}

const switched = el("button", { type: "button", class: "theme", onclick: () => {
  themed(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length]);
  tell(switched.getAttribute("aria-label"));
} }, "◐");
function themed(name) {
  document.documentElement.dataset.theme = name;
  switched.setAttribute("aria-label", `Theme: ${name}`);
  switched.title = `Theme: ${name}`;
  try { localStorage.setItem("theme", name); } catch { /* a browser that keeps nothing */ }
}

function start() {
  const nav = document.querySelector("header nav");
  let kept = "system";
  try { kept = localStorage.getItem("theme") ?? kept; } catch { /* a browser that keeps nothing */ }
  themed(THEMES.includes(kept) ? kept : "system");
  nav.append(el("a", { href: "#/", "data-view": "", class: "home" }, "wsis_nlp"), ...NAV.map(([view, name]) => el("a", { href: address(view), "data-view": view }, name)));
  nav.after(switched);
  document.querySelector("footer p").append(`wsis_nlp ${data.software.version}, reading “${data.reading}”. `, link("How it was made", "about"));
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); main.querySelector("h1").focus(); });
  addEventListener("hashchange", () => show(true));
  show(location.hash.length > 2);
}
start();

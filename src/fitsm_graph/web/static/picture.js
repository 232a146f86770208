// The picture as one tab stop: arrows walk along the edges, letters act on the current element.

const STEPS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.5];
const SMALLEST_READABLE = 0.7;
let step = null;
let start_step = null;

const links = () => [...document.querySelectorAll("#canvas [data-id] > a")];
const current = () => document.querySelector("#canvas [data-id] > a[tabindex='0']");
const cellOf = (link) => link.closest("[data-id]");
const linkOf = (id) => document.getElementById(`cell-${id}`)?.querySelector("a");

/** Makes the picture one tab stop: on the element in focus, else the first. */
export function prepare() {
  const all = links();
  const start = all.find((link) => link.hasAttribute("aria-current")) ?? all[0];
  for (const link of all) link.setAttribute("tabindex", link === start ? "0" : "-1");
  if (step === null) fit();
  zoom(0);
}

/** Starts with the largest step at which the whole width is seen, down to what can be read. */
function fit() {
  const canvas = document.getElementById("canvas");
  const svg = canvas?.querySelector("svg");
  if (!svg) return;
  const room = canvas.clientWidth / svg.viewBox.baseVal.width;
  step = STEPS.findLastIndex((scale) => scale <= 1 && scale <= room);
  step = Math.max(step, STEPS.indexOf(SMALLEST_READABLE));
  start_step = step;
}

/** Moves the tab stop and the focus to a link of the picture. */
export function enter(link) {
  if (!link) return;
  current()?.setAttribute("tabindex", "-1");
  link.setAttribute("tabindex", "0");
  link.focus();
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function nearest(ids, here) {
  const y = here.getBoundingClientRect().y;
  const far = (link) => Math.abs(link.getBoundingClientRect().y - y);
  const found = ids.split(" ").filter(Boolean).map(linkOf).filter(Boolean);
  return found.sort((a, b) => far(a) - far(b))[0];
}

function inColumn(here, by) {
  const column = cellOf(here).dataset.column;
  const column_links = links().filter((link) => cellOf(link).dataset.column === column);
  return column_links[column_links.indexOf(here) + by];
}

const MOVES = {
  ArrowRight: (here) => nearest(cellOf(here).dataset.after, here),
  ArrowLeft: (here) => nearest(cellOf(here).dataset.before, here),
  ArrowDown: (here) => inColumn(here, 1),
  ArrowUp: (here) => inColumn(here, -1),
  Home: () => links()[0],
  End: () => links().at(-1),
};

function zoom(by) {
  const svg = document.querySelector("#canvas > svg");
  if (!svg) return;
  step = Math.max(0, Math.min(STEPS.length - 1, step + by));
  const { width, height } = svg.viewBox.baseVal;
  svg.setAttribute("width", Math.round(width * STEPS[step]));
  svg.setAttribute("height", Math.round(height * STEPS[step]));
  svg.classList.toggle("far", STEPS[step] < 0.55);
}

/** Follows an address in the page, by htmx where it is there. */
function follow(address) {
  if (!globalThis.htmx) {
    location.assign(address);
    return;
  }
  const swap = { target: "#answer", select: "#answer", swap: "outerHTML", push: "true" };
  globalThis.htmx.ajax("GET", address, { ...swap, source: "#answer" });
}

// The same rule as Question.toggled on the server: one assumption an element.
function failAddress(id) {
  const asked = new URLSearchParams(location.search);
  const failed = [...asked.getAll("of"), ...asked.getAll("fail")].includes(id);
  const kept = [...asked].filter(
    ([name, value]) =>
      name !== "q" && !(value === id && ["of", "fail", "degrade", "restore", "maintain"].includes(name)),
  );
  const next = new URLSearchParams(kept);
  if (!failed) next.append("fail", id);
  return `${location.pathname}?${next}`;
}

function why(link) {
  const panel = document.getElementById("why");
  if (link.hasAttribute("aria-current")) {
    panel.focus();
    panel.scrollIntoView({ block: "nearest" });
    return;
  }
  document.addEventListener("htmx:after:swap", () => document.getElementById("why")?.focus(), { once: true });
  follow(link.getAttribute("href"));
}

/** Handles a key; only keys pressed in the picture move or act. */
export function onPictureKey(event) {
  if (event.key === "+" || event.key === "-" || event.key === "0") {
    zoom(event.key === "0" ? start_step - step : event.key === "+" ? 1 : -1);
    return;
  }
  const link = event.target.closest("#canvas [data-id] > a");
  if (!link) return;
  const move = MOVES[event.key];
  if (move) {
    event.preventDefault();
    enter(move(link));
  } else if (event.key === "w") {
    why(link);
  } else if (event.key === "f" && !cellOf(link).dataset.id.startsWith("stack-")) {
    follow(failAddress(cellOf(link).dataset.id));
  } else if (event.key === "Escape") {
    link.blur();
  }
}

// Links of the picture are SVG, which htmx does not boost: follow them the same way.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#canvas [data-id] > a");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !globalThis.htmx) return;
  event.preventDefault();
  if (document.activeElement !== link) enter(link);
  follow(link.getAttribute("href"));
});

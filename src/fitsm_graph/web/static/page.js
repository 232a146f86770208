// What the page does beyond its links and forms: keys, copying, and keeping the place after a swap.
// Everything here is an addition; without it the page still works.
import { enter, onPictureKey, prepare } from "./picture.js";

const editable = (target) => target.closest("input, textarea, select, [contenteditable]");

function offerCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
  }
}

async function copy(button) {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = "Copied";
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (editable(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector("[data-search]")?.focus();
  } else if (event.key === "?") {
    document.getElementById("help")?.togglePopover();
  } else {
    onPictureKey(event);
  }
}

// After a swap the element that had the focus is a new one: find it again by what it stands for.
let place = null;

function remember() {
  const held = document.activeElement;
  const canvas = document.getElementById("canvas");
  place = {
    id: held?.id || held?.closest("[id]")?.id,
    href: held?.getAttribute?.("href"),
    cell: held?.closest("[data-id]")?.id,
    left: canvas?.scrollLeft ?? 0,
    top: canvas?.scrollTop ?? 0,
  };
}

function restore() {
  prepare();
  offerCopying();
  const canvas = document.getElementById("canvas");
  if (canvas && place) canvas.scrollTo(place.left, place.top);
  if (!place || document.activeElement !== document.body) return;
  const cell = place.cell && document.getElementById(place.cell);
  const same = [...document.querySelectorAll("#answer a")].find(
    (link) => link.getAttribute("href") === place.href,
  );
  const fallback = document.querySelector("main");
  if (cell) enter(cell.querySelector("a"));
  else (same ?? fallback)?.focus({ preventScroll: true });
  place = null;
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
document.addEventListener("htmx:before:swap", remember);
document.addEventListener("htmx:after:swap", restore);
prepare();
offerCopying();

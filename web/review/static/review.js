// Keys for what the page has buttons and links for; without this file everything but drawing
// works by form. No key acts while somebody types, or together with Ctrl, Alt or Meta.

"use strict";

const page = document;
const root = page.documentElement;
const find = (selector) => page.querySelector(selector);
const findAll = (selector) => [...page.querySelectorAll(selector)];

root.classList.add("has-script");

const help = find("#help");
const rejection = find("#rejection");
const map = () => window.reviewMap;

function isTyping(target) {
  const kind = target instanceof HTMLInputElement ? target.type : "";
  const isText = kind && !["checkbox", "radio", "submit", "button"].includes(kind);
  return isText || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

// A form is sent once: a held key must not decide the next case too.
let isLeaving = false;

function press(button) {
  if (!button || button.disabled || isLeaving) return;
  button.click();
}

function follow(link) {
  if (!link || isLeaving) return;
  isLeaving = true;
  link.click();
}

page.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  if (isLeaving) event.preventDefault();
  isLeaving = true;
  // Also with an undo: somebody else's decision that is taken back does not cost the line.
  const isDrawing = root.classList.contains("editing") && event.target.matches(".decide");
  if (isDrawing && !sketching()) find("#drawn-line").value = JSON.stringify(map().editor.line);
});
window.addEventListener("pageshow", () => (isLeaving = false));

function openHelp() {
  if (help && !help.open) help.showModal();
}

findAll("[data-help]").forEach((button) => button.addEventListener("click", openHelp));

// --- the queue ----------------------------------------------------------------------------------

function walk(step) {
  const links = findAll("[data-case]");
  if (!links.length) return;
  const now = links.indexOf(page.activeElement);
  const next = now < 0 ? (step > 0 ? 0 : links.length - 1) : now + step;
  const link = links[Math.min(Math.max(next, 0), links.length - 1)];
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

// --- a case -------------------------------------------------------------------------------------

function toggleRejection() {
  if (!rejection) return;
  rejection.open = !rejection.open;
  if (rejection.open) rejection.querySelector("button").focus();
  else find("#case-title")?.focus();
}

function rejectWith(digit) {
  press(rejection?.querySelector(`[data-digit="${digit}"]`));
}

// The map comes after the first picture of the page, which shows the same: nobody waits for it.
const mapPlace = find("#map");
const mapLoaded = new Promise((resolve) => {
  if (!mapPlace) return;
  const script = page.createElement("script");
  script.src = mapPlace.dataset.script;
  script.addEventListener("load", resolve);
  requestAnimationFrame(() => setTimeout(() => page.head.append(script)));
});

function startDrawing() {
  if (!mapPlace || !find("[data-redraw]")) return;
  if (rejection) rejection.open = false;
  mapPlace.scrollIntoView({ block: "center" });
  mapLoaded.then(() => map().editor.open());
}

function stopDrawing() {
  map().editor.close();
  (find("[data-redraw]") ?? find("#case-title")).focus();
}

// While a line is drawn afresh the line before is out of sight: no key may change it.
function drawAfresh() {
  map().editor.drawAfresh();
  map().editor.line = [[]];
}

const sketching = () => map().editor.interactions.find((one) => one.finishDrawing);

// A line that is still being drawn is ended first, and recorded by the next press.
function keepDrawing() {
  const draw = sketching();
  if (draw) draw.finishDrawing();
  else press(find("[data-replace]"));
}

function undoWhileDrawing() {
  if (!sketching()?.finishDrawing()) press(find(".decide [data-undo]"));
}

const DRAWING = {
  Enter: keepDrawing,
  Escape: stopDrawing,
  d: drawAfresh,
  z: () => map().editor.restart(),
  u: undoWhileDrawing,
  s: () => press(find("#show-radar")),
  o: () => press(find("#show-probability")),
};

const KEYS = {
  "?": openHelp,
  j: () => walk(1),
  k: () => walk(-1),
  a: () => press(find("[data-accept]")),
  v: () => press(find("[data-calved]")),
  r: toggleRejection,
  e: startDrawing,
  u: () => press(find("[data-undo]")),
  n: () => follow(find("[data-next]")),
  p: () => follow(find("[data-previous]")),
  q: () => follow(find("[data-queue]")),
  s: () => press(find("#show-radar")),
  o: () => press(find("#show-probability")),
  c: () => find("#note")?.focus(),
  Escape: () => {
    if (rejection?.open) toggleRejection();
  },
};

function keyOf(event) {
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

page.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || help?.open) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") (find("#case-title") ?? event.target).focus();
    return;
  }
  const key = keyOf(event);
  const onControl = event.target.closest?.("button, a, summary");
  if (key === "Enter" && onControl) return; // Enter presses what has the focus
  const isDrawing = root.classList.contains("editing");
  let act = isDrawing ? DRAWING[key] : KEYS[key];
  if (!act && !isDrawing && rejection?.open && /^[1-9]$/.test(key)) act = () => rejectWith(key);
  if (!act) return;
  event.preventDefault();
  act();
});

const clicks = {
  "[data-redraw]": startDrawing,
  "[data-keep]": keepDrawing,
  "[data-stop]": stopDrawing,
  "[data-afresh]": DRAWING.d,
  "[data-restart]": DRAWING.z,
};
for (const [selector, act] of Object.entries(clicks)) {
  findAll(selector).forEach((button) => button.addEventListener("click", act));
}

// Readers with a screen reader hear the case they came to; others keep their place.
find("[data-focus]")?.focus({ preventScroll: true });

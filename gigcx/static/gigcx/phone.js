// On a phone: the pages are an app, and nothing jumps under the thumb.
navigator.serviceWorker?.register("/service-worker.js");

// what was pressed, else the first thing in sight, stays where it is when something above it grows or goes
let pressed = null;
let kept = null;
let top = 0;
const inSight = (element) => {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
};
document.addEventListener("pointerdown", ({ target }) => { pressed = target.closest("[data-steady]"); });
document.addEventListener("htmx:before:swap", () => {
  const all = [...document.querySelectorAll("[data-steady]")];
  kept = pressed?.isConnected && inSight(pressed) ? pressed : all.find(inSight);
  top = kept?.getBoundingClientRect().top ?? 0;
});
document.addEventListener("htmx:after:swap", () => {
  if (kept?.isConnected) scrollBy(0, kept.getBoundingClientRect().top - top);
});

// a tick or a choice needs no button; a date that is being typed does
for (const form of document.querySelectorAll("[data-submits]")) {
  form.addEventListener("change", ({ target }) => { if (target.type !== "date") form.requestSubmit(); });
}

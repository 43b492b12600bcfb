// The board's table: nothing jumps under the pointer, changes glow once.
/* global htmx */
const queues = document.querySelector(".queues");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const glow = (element) => {
  if (calm.matches) return;
  element.animate([{ backgroundColor: "var(--glow)" }, { backgroundColor: "transparent" }], 1600);
};
htmx.registerExtension("glow", {
  htmx_before_morph_node: (element, { newNode }) => {
    if (element.matches?.("[data-glow]") && element.textContent.trim() !== newNode.textContent.trim()) glow(element);
    return true;
  },
});

const lines = () => [...document.querySelectorAll("aside li[id]")];
const ids = () => new Set(lines().map((line) => line.id));
let seen = ids(); // what is there, not all that ever was: the board stays open all day
const welcome = () => {
  for (const line of lines()) if (!seen.has(line.id)) glow(line);
  seen = ids();
};

const inUse = () =>
  queues.matches(":hover") || queues.contains(document.activeElement) || document.body.matches(".carrying");
const wanted = () => document.getElementById("order")?.dataset.order.trim().split(" ").filter(Boolean) ?? [];
const sort = (force) => {
  const body = document.getElementById("rows");
  const order = wanted();
  const rows = order.map((id) => document.getElementById(id));
  if (!body) {
    if (order.length) location.reload();
    return;
  }
  // a queue was opened or closed: the table itself is another one
  if (rows.includes(null) || rows.length !== body.rows.length) return location.reload();
  const differs = order.some((id, index) => body.rows[index].id !== id);
  const hold = differs && inUse() && force !== true;
  document.getElementById("held")?.toggleAttribute("hidden", !hold);
  if (!differs || hold) return;
  for (const row of rows) body.moveBefore ? body.moveBefore(row, null) : body.append(row);
};

document.getElementById("held")?.addEventListener("click", () => sort(true));
queues.addEventListener("pointerleave", sort);
queues.addEventListener("focusout", () => setTimeout(sort));
document.body.addEventListener("htmx:after:swap", sort);
document.getElementById("live").addEventListener("htmx:after:sse:message", ({ detail }) => {
  if (detail.message.event) return;
  sort();
  welcome();
  document.body.dispatchEvent(new CustomEvent("board:changed"));
});

// Charts read by pointer and keyboard: a cursor, and the figures of its time in words.
const half = (index, cells) => ((index + 0.5) / cells);

// a picture with its table: the range over it chooses a row of the table
const show = (chart, index) => {
  const body = chart.querySelector(".behind tbody");
  const row = body?.rows[index];
  if (!row) return;
  const head = chart.querySelectorAll(".behind thead th");
  const [time, ...figures] = [...row.cells].map((cell) => cell.textContent);
  const words = [time, ...figures.map((figure, nr) => (/^[\d.,—–\s]+( h| %)?$/.test(figure) ? `${figure} ${head[nr + 1].textContent}` : figure))];
  chart.querySelector(".read").textContent = words.join(" · ");
  const cursor = chart.querySelector(".cursor");
  const x = `${100 * half(index, body.rows.length)}%`;
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  const range = chart.querySelector("input[type=range]");
  range.value = index;
  range.setAttribute("aria-valuetext", words.join(", "));
  chart.classList.add("reading");
};
const hide = (chart) => {
  if (chart.contains(document.activeElement)) return;
  chart.classList.remove("reading");
  chart.querySelector(".read").textContent = "";
};

// a table of strips: one time for all of them
const scrub = (index) => {
  const range = document.getElementById("scrub");
  if (!range) return;
  const table = range.closest("[data-scrub]");
  const times = range.dataset.times.split("|");
  const at = table.querySelector("[data-scrub-time]");
  range.value = index;
  range.setAttribute("aria-valuetext", times[index]);
  at.textContent = index === 0 ? at.dataset.now : times[index].replace(/^.*, /, "").replace(/–.*/, "");
  table.classList.toggle("reading", index > 0);
  const x = 1000 * half(index, times.length);
  for (const row of table.tBodies[0].rows) {
    const need = row.dataset.need?.split(" ")[index];
    const there = row.dataset.there?.split(" ")[index];
    const gap = row.querySelector("[data-gap]");
    if (!gap) continue;
    row.querySelector("[data-need]:is(td)").textContent = need;
    row.querySelector("[data-there]:is(td)").textContent = there;
    const spare = there - need; // not a number before anybody is planned
    gap.textContent = spare > 0 ? `+${spare}` : spare < 0 ? `−${-spare}` : spare === 0 ? "±0" : "—";
    gap.classList.toggle("short", spare < 0);
    const cursor = row.querySelector(".cursor");
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
  }
};
const position = (event, element, cells) => {
  const box = element.getBoundingClientRect();
  return Math.min(cells - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * cells)));
};

document.addEventListener("input", ({ target }) => {
  if (target.id === "scrub") scrub(Number(target.value));
  else if (target.closest("[data-chart]")) show(target.closest("[data-chart]"), Number(target.value));
});
document.addEventListener("focusin", ({ target }) => {
  const chart = target.matches("input[type=range]") && target.closest("[data-chart]");
  if (chart) show(chart, Number(target.value));
});
document.addEventListener("focusout", ({ target }) => {
  const chart = target.closest("[data-chart]");
  if (chart) setTimeout(() => hide(chart));
});
document.addEventListener("pointermove", (event) => {
  const chart = event.target.closest?.("[data-chart]");
  const drawing = event.target.closest?.(".drawing");
  if (chart && drawing) show(chart, position(event, drawing.querySelector(".plot"), Number(drawing.querySelector("input").max) + 1));
  const strip = event.target.closest?.("td.strip, th.axis");
  const range = document.getElementById("scrub");
  if (strip && range) scrub(position(event, strip, Number(range.max) + 1));
  else if (range && document.activeElement !== range && range.value !== "0") scrub(0);
});
document.addEventListener("pointerout", ({ target, relatedTarget }) => {
  const chart = target.closest?.("[data-chart]");
  if (chart && !chart.contains(relatedTarget)) hide(chart);
});
// what comes anew is read at the same time
document.getElementById("live")?.addEventListener("htmx:after:sse:message", ({ detail }) => {
  if (detail.message.event) return;
  const range = document.getElementById("scrub");
  if (range && range.value !== "0") scrub(Number(range.value));
  const read = document.activeElement?.matches("[data-chart] input[type=range]") && document.activeElement;
  if (read) show(read.closest("[data-chart]"), Number(read.value));
});

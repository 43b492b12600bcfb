// The shift planner: a shift is drawn over a queue, with mouse, pen or finger; many are ticked at once.
/* global htmx */
const lanes = document.querySelector("[data-new]");
const LEAST = 2; // steps; less is a slip of the finger
let drawing = null;

const stepUnder = (lane, event) => {
  const box = lane.getBoundingClientRect();
  const steps = (lanes.dataset.end - lanes.dataset.start) / lanes.dataset.step;
  return Math.max(0, Math.min(steps, Math.round(((event.clientX - box.left) / box.width) * steps)));
};

const instant = (step) => Number(lanes.dataset.start) + step * lanes.dataset.step;
const zone = document.getElementById("live")?.dataset.zone;
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: zone });
const hours = (from, until) => [from, until].map((step) => clock.format(1000 * instant(step))).join("–");

const show = () => {
  const steps = (lanes.dataset.end - lanes.dataset.start) / lanes.dataset.step;
  const [first, last] = [Math.min(drawing.from, drawing.to), Math.max(drawing.from, drawing.to)];
  drawing.hours.textContent = first === last ? "" : hours(first, last);
  drawing.hours.style.left = `${(100 * first) / steps}%`;
  drawing.shape.setAttribute("x", (1000 * first) / steps);
  drawing.shape.setAttribute("width", (1000 * (last - first)) / steps);
  return [first, last];
};

const end = () => {
  drawing?.shape.setAttribute("width", 0);
  if (drawing) drawing.hours.textContent = "";
  document.body.classList.remove("drawing-now");
  drawing = null;
};

// what others do meanwhile leaves what is being drawn alone
htmx.registerExtension("keep-drawing", {
  htmx_before_morph_attr: (element) => element !== drawing?.shape,
  htmx_before_morph_node: (element) => element !== drawing?.hours,
});

if (lanes) {
  lanes.addEventListener("pointerdown", (event) => {
    const lane = event.target.closest("[data-lane]");
    if (!lane || event.button) return;
    const at = stepUnder(lane, event);
    drawing = { lane, from: at, to: at, pointer: event.pointerId };
    drawing.shape = lane.querySelector(".drawn");
    drawing.hours = lane.querySelector(".drawn-hours");
    lane.setPointerCapture(event.pointerId);
    document.body.classList.add("drawing-now");
  });
  lanes.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing?.pointer) return;
    drawing.to = stepUnder(drawing.lane, event);
    show();
  });
  lanes.addEventListener("pointerup", (event) => {
    if (event.pointerId !== drawing?.pointer) return;
    const [first, last] = show();
    const { lane } = drawing;
    end();
    if (last - first < LEAST) return;
    const query = `&queue=${lane.dataset.lane}&from=${instant(first)}&until=${instant(last)}`;
    htmx.ajax("GET", lanes.dataset.new + query, { target: "#sheet-body" });
  });
  lanes.addEventListener("pointercancel", end);
  addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
}

const form = document.querySelector("[data-ticks]");
const all = document.getElementById("all-ticks");
if (form && all) {
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of form.querySelectorAll("input[name=shifts]:enabled")) box.checked = all.checked;
  });
}

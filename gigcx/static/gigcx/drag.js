// A person dragged from the sheet onto a queue: the same before → after as the menu and the keyboard open.
/* global htmx */
const FAR = 6; // pixels, from which a press is a drag
const EDGE = 28; // pixels from the table's edge, where it scrolls
const sheet = document.getElementById("sheet");
const queues = document.getElementById("queues");
let drag = null;
let spent = null; // the pointer that has carried somebody: the click that follows is none, above all none beside the sheet

const within = (box, { clientX: x, clientY: y }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

// the sheet is modal, so what lies under the pointer is reckoned, not asked for
const rowUnder = (event) => {
  if (!within(queues.getBoundingClientRect(), event)) return null;
  return [...document.querySelectorAll("#rows tr")].find((row) => within(row.getBoundingClientRect(), event)) ?? null;
};

const aim = (row) => {
  for (const other of document.querySelectorAll("#rows tr.aim")) if (other !== row) other.classList.remove("aim");
  row?.classList.add("aim");
};

const begin = (event) => {
  drag.carried = Object.assign(document.createElement("div"), { className: "carried", textContent: drag.name });
  drag.carried.setAttribute("aria-hidden", "true");
  sheet.append(drag.carried);
  sheet.classList.add("away");
  document.body.classList.add("carrying");
  getSelection()?.removeAllRanges();
  sheet.setPointerCapture(event.pointerId);
};

const end = () => {
  if (drag?.carried) spent = drag.pointer;
  drag?.carried?.remove();
  sheet.classList.remove("away");
  document.body.classList.remove("carrying");
  aim(null);
  drag = null;
};

const follow = (event) => {
  if (event.pointerId !== drag?.pointer) return;
  if (!sheet.open || !event.buttons) return end();
  if (!drag.carried) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    begin(event);
  }
  drag.carried.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
  const box = queues.getBoundingClientRect();
  if (event.clientY > box.bottom - EDGE) queues.scrollTop += EDGE / 2;
  else if (event.clientY < box.top + 2 * EDGE) queues.scrollTop -= EDGE / 2;
  aim(rowUnder(event));
};

const drop = (event) => {
  if (event.pointerId === drag?.pointer) {
    const queue = drag.carried && rowUnder(event)?.querySelector("[data-queue]").dataset.queue;
    if (queue) htmx.ajax("GET", `${drag.move}&queue=${queue}`, { target: "#sheet-body" });
    end();
  }
  if (event.pointerId !== spent) return;
  spent = null;
  const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
};

if (sheet && queues) {
  sheet.addEventListener("pointerdown", (event) => {
    const person = event.target.closest(".person");
    // a finger scrolls the list; who has one takes the button
    if (!person || event.button || event.pointerType === "touch" || event.target.closest("button, a, input")) return;
    const { pointerId: pointer, clientX: x, clientY: y } = event;
    const move = person.querySelector("[data-pick]").getAttribute("hx-get");
    drag = { pointer, x, y, move, name: person.querySelector("b").textContent, carried: null };
  });
  addEventListener("pointermove", follow);
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", end);
  sheet.addEventListener("close", end);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag?.carried) return;
    event.preventDefault();
    event.stopPropagation();
    end();
  }, { capture: true });
}

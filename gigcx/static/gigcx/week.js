// Painting on a week: drag with the mouse, hold and drag with a finger, or Shift and the arrow keys. Each cell is a
// button that works without any of this.
const HOLD_MS = 300;
const FAR = 8; // pixels, from which a finger scrolls and does not hold
let from = null; // the cell where painting began
let to = null;
let hold = null; // { timer, x, y } while a finger rests
let spent = false; // a drag has painted: the click that follows is none

const cells = () => [...document.querySelectorAll(".hours button")];
const place = (cell) => ({ row: cell.closest("tr").rowIndex, column: cell.closest("td").cellIndex });
const cellAt = (row, column) => document.querySelector(".hours")?.rows[row]?.cells[column]?.querySelector("button");

const between = (one, other) => {
  const [a, b] = [place(one), place(other)];
  const [top, bottom] = [Math.min(a.row, b.row), Math.max(a.row, b.row)];
  const [left, right] = [Math.min(a.column, b.column), Math.max(a.column, b.column)];
  return cells().filter((cell) => {
    const { row, column } = place(cell);
    return row >= top && row <= bottom && column >= left && column <= right && !cell.disabled;
  });
};

const aim = () => {
  const aimed = from ? between(from, to) : [];
  for (const cell of cells()) cell.classList.toggle("aim", aimed.includes(cell));
};

const begin = (cell) => { from = to = cell; aim(); };
const reach = (cell) => { if (cell && cell !== to) { to = cell; aim(); } };
const forget = () => { clearTimeout(hold?.timer); hold = from = to = null; aim(); };

// the form is sent as it stands, with the hours in it: htmx, or the browser without it, does the rest
const paint = () => {
  const form = from.closest("form");
  const hours = document.getElementById("hours"); // which the answer replaces, and with it what is written here
  for (const cell of between(from, to)) {
    hours.append(Object.assign(document.createElement("input"), { type: "hidden", name: "at", value: cell.value }));
  }
  forget();
  form.requestSubmit();
};

const under = (x, y) => document.elementFromPoint(x, y)?.closest(".hours button");

document.addEventListener("pointerdown", (event) => {
  const cell = event.target.closest?.(".hours button");
  if (!cell || event.button) return;
  spent = false;
  if (event.pointerType !== "touch") return begin(cell);
  const { clientX: x, clientY: y } = event;
  hold = { x, y, timer: setTimeout(() => { begin(cell); navigator.vibrate?.(10); }, HOLD_MS) };
});
document.addEventListener("pointermove", (event) => {
  if (from && event.pointerType !== "touch") {
    if (!event.buttons) return forget();
    reach(under(event.clientX, event.clientY));
  }
});
document.addEventListener("touchmove", (event) => {
  const { clientX: x, clientY: y } = event.touches[0];
  if (from && hold) {
    event.preventDefault(); // painting, not scrolling
    reach(under(x, y));
  } else if (hold && Math.hypot(x - hold.x, y - hold.y) > FAR) forget();
}, { passive: false });

const drop = () => {
  if (from && (from !== to || hold)) {
    spent = true;
    paint();
  } else forget();
};
document.addEventListener("pointerup", (event) => { if (event.pointerType !== "touch") drop(); });
document.addEventListener("touchend", (event) => {
  if (from && event.cancelable) event.preventDefault(); // no click after a drag
  drop();
}, { passive: false });
document.addEventListener("touchcancel", forget);
document.addEventListener("click", (event) => {
  if (!spent || !event.target.closest?.(".hours")) return;
  spent = false;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });
document.addEventListener("contextmenu", (event) => { if (hold && event.target.closest?.(".hours")) event.preventDefault(); });

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.(".hours button");
  if (!cell) return;
  if (event.key === "Escape") return forget();
  if (event.key === "Enter" && from) {
    event.preventDefault();
    return paint();
  }
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const { row, column } = place(cell);
  const next = cellAt(row + step[0], column + step[1]);
  if (!next) return;
  if (event.shiftKey && !from) begin(cell);
  if (!event.shiftKey) forget();
  next.focus();
  if (event.shiftKey) reach(next);
  rove(next);
});

// one stop for the Tab key: the arrows walk on from there
const rove = (chosen) => {
  const all = cells();
  const stop = chosen ?? all.find((cell) => cell.tabIndex === 0 && cell.dataset.stop) ?? all[8 * 7];
  for (const cell of all) {
    cell.tabIndex = cell === stop ? 0 : -1;
    cell.toggleAttribute("data-stop", cell === stop);
  }
};
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.(".hours button")) rove(event.target);
});
// after painting the week is another element: the same hour has the focus again
let last = null;
document.addEventListener("focusin", (event) => { last = event.target.closest?.(".hours button")?.id ?? null; });
document.addEventListener("htmx:after:swap", () => {
  const cell = last && document.getElementById(last);
  rove(cell);
  cell?.focus({ preventScroll: true });
});
rove();

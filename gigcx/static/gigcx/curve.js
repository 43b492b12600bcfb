// A day is drawn: 24 hours as columns, dragged by mouse or finger, or set by keyboard as sliders are. What is drawn is
// written into the field below, by which it is sent; figures typed there are drawn.
const HOURS = 24;
const clock = (hour) => `${String(hour).padStart(2, "0")}:00`;

const drawn = (field) => {
  const words = field.dataset;
  const figures = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 1 });
  const picture = document.createElement("div");
  picture.className = "curve";
  picture.innerHTML = '<div class="plot" role="group"></div><p class="hours" aria-hidden="true"></p>' +
    '<p class="sum" role="status"></p><p class="acts"><label><span></span> <input type="number" min="1" step="any"></label> <button type="button"></button></p>';
  const [plot, hours, sum] = ["plot", "hours", "sum"].map((name) => picture.querySelector(`.${name}`));
  const [top, clear] = [picture.querySelector("input"), picture.querySelector("button")];
  plot.setAttribute("aria-label", words.title);
  picture.querySelector("label span").textContent = words.top;
  clear.textContent = words.clear;
  for (const hour of [0, 6, 12, 18, 24]) hours.append(Object.assign(document.createElement("span"), { textContent: clock(hour) }));
  const columns = Array.from({ length: HOURS }, (_, hour) => {
    const column = document.createElement("div");
    column.setAttribute("role", "slider");
    column.setAttribute("aria-orientation", "vertical");
    column.setAttribute("aria-valuemin", "0");
    column.setAttribute("aria-label", `${clock(hour)}–${clock(hour + 1)}`);
    column.tabIndex = hour ? -1 : 0;
    column.append(document.createElement("span"));
    plot.append(column);
    return column;
  });
  let values = Array(HOURS).fill(0);

  const most = () => Math.max(Number(top.value) || 0, 1);
  const fine = () => (most() <= 20 ? 0.1 : 1);
  const rounded = (value) => Math.round(Math.max(0, value) / fine()) * fine();
  const show = () => {
    columns.forEach((column, hour) => {
      const value = values[hour];
      column.firstChild.style.height = `${Math.min(100, (100 * value) / most())}%`;
      column.setAttribute("aria-valuemax", String(Math.max(most(), value)));
      column.setAttribute("aria-valuenow", String(value));
      column.setAttribute("aria-valuetext", `${figures.format(value)} ${words.unit}`);
      column.title = `${clock(hour)} · ${figures.format(value)}`;
    });
    const total = values.reduce((all, value) => all + value, 0);
    sum.textContent = total ? `${figures.format(total)} ${words.unit} ${words.day}` : words.none;
  };
  const write = () => {
    field.value = values.some(Boolean) ? values.map((value) => String(Number(value.toFixed(2)))).join(", ") : "";
    show();
  };
  const read = () => {
    const typed = field.value.split(",").map((cell) => Number(cell.trim()));
    if (field.value.trim() && typed.length === HOURS && typed.every((value) => value >= 0)) values = typed;
    else if (!field.value.trim()) values = Array(HOURS).fill(0);
    const highest = Math.max(...values);
    if (!top.value || highest > most()) top.value = String(highest ? Math.ceil(highest * 1.25) : 60);
    show();
  };
  const focus = (hour) => {
    columns.forEach((column, place) => { column.tabIndex = place === hour ? 0 : -1; });
    columns[hour].focus();
  };

  let last = null;
  const draw = (event) => {
    const box = plot.getBoundingClientRect();
    const hour = Math.min(HOURS - 1, Math.max(0, Math.floor((HOURS * (event.clientX - box.left)) / box.width)));
    const value = rounded(most() * Math.min(1, Math.max(0, (box.bottom - event.clientY) / box.height)));
    const [from, was] = last ?? [hour, value];
    const steps = Math.max(Math.abs(hour - from), 1);
    // a quick hand leaves out columns: they lie on the line between
    for (let step = 0; step <= steps; step += 1) {
      values[Math.round(from + ((hour - from) * step) / steps)] = rounded(was + ((value - was) * step) / steps);
    }
    values[hour] = value;
    last = [hour, value];
    write();
  };
  plot.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    plot.setPointerCapture(event.pointerId);
    last = null;
    draw(event);
    focus(last[0]);
  });
  plot.addEventListener("pointermove", (event) => { if (last && plot.hasPointerCapture(event.pointerId)) draw(event); });
  for (const kind of ["pointerup", "pointercancel"]) plot.addEventListener(kind, () => { last = null; });

  plot.addEventListener("keydown", (event) => {
    const hour = columns.indexOf(event.target);
    const step = Math.max(fine(), rounded(most() / 50));
    const change = { ArrowUp: step, ArrowDown: -step, PageUp: 5 * step, PageDown: -5 * step }[event.key];
    const aside = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const set = { Home: 0, End: most() }[event.key];
    if (hour < 0 || (change ?? aside ?? set) === undefined) return;
    event.preventDefault();
    if (aside) return focus((hour + aside + HOURS) % HOURS);
    values[hour] = set ?? Math.min(rounded(values[hour] + change), Math.max(most(), values[hour]));
    return write();
  });
  clear.addEventListener("click", () => {
    values = Array(HOURS).fill(0);
    write();
  });
  top.addEventListener("input", show);
  field.addEventListener("input", read);
  field.before(picture);
  read();
};

for (const field of document.querySelectorAll("textarea[data-curve]")) drawn(field);

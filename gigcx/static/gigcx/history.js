// Dropping a file on the page is picking it; either shows its name and goes on at once. What stops a file is told as the
// choices change, and loading waits for it.
const form = document.querySelector("[data-intake]");
const zone = form?.querySelector("[data-drop]");
const input = form?.querySelector("input[type=file]");

const picked = () => {
  const [file] = input.files;
  const size = file && new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 }).format(Math.ceil(file.size / 1024));
  form.querySelector(".picked").textContent = file ? `${file.name} · ${size}` : "";
};

if (zone) {
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    picked();
  });
  input.addEventListener("change", picked);
  form.addEventListener("submit", () => {
    form.setAttribute("aria-busy", "true");
    form.querySelector("button").disabled = true;
  });
}

const choices = document.querySelector("form.choices");
const stops = choices?.querySelector("[data-stops]");
const load = choices?.querySelector("[data-load]");

// a kind without a choice is refused whatever is chosen
const stopping = (group) => {
  const chosen = group.querySelector("input[type=radio]:checked");
  return chosen ? chosen.value === "refuse" : group.classList.contains("refused");
};

const weigh = () => {
  let stopped = false;
  for (const group of choices.querySelectorAll(".group")) {
    const stop = stopping(group);
    stopped ||= stop;
    group.classList.toggle("refused", stop);
    group.querySelector(".badge").hidden = !stop;
    choices.querySelector(`[data-stop="${CSS.escape(group.id.replace("group-", ""))}"]`).hidden = !stop;
  }
  stops.hidden = !stopped;
  const repair = choices.querySelector("[data-repair]");
  if (repair) repair.hidden = !stopped;
  if (!load) return;
  load.classList.toggle("primary", !stopped);
  for (const [name, value] of [["aria-disabled", "true"], ["aria-describedby", "stops"]]) {
    if (stopped) load.setAttribute(name, value);
    else load.removeAttribute(name);
  }
};

if (stops) {
  choices.addEventListener("change", weigh);
  // without this script the server says the same
  choices.addEventListener("submit", (event) => {
    if (event.submitter !== load || load.getAttribute("aria-disabled") !== "true") return;
    event.preventDefault();
    const first = choices.querySelector(".group.refused");
    (first.querySelector("input:checked") ?? stops.querySelector("li:not([hidden]) a")).focus();
    first.scrollIntoView({ block: "nearest" });
  });
  weigh(); // a browser that comes back keeps what was chosen
}

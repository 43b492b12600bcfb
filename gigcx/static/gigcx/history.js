// Dropping a file on the page is picking it; either shows its name and goes on at once.
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

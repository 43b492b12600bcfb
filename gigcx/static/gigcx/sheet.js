// The sheet that opens beside a page, and moving in it without a mouse.
const sheet = document.getElementById("sheet");
const body = document.getElementById("sheet-body");
const typing = (element) => element.matches("input:not([type=checkbox]), textarea, select");

if (sheet) {
  new MutationObserver(() => {
    if (body.childElementCount && !sheet.open) sheet.showModal();
  }).observe(body, { childList: true });
  sheet.addEventListener("close", () => body.replaceChildren());
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  document.body.addEventListener("sheet:close", () => sheet.close());
}

// m and p open what the buttons open; on a person, m moves that one
const shortcut = (event) => {
  const person = event.key === "m" && document.activeElement.closest(".person");
  const button = person ? person.querySelector("[data-pick]") : document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  // what is typed while a sheet is on its way is no shortcut
  if (!button || (sheet?.open && !person) || document.querySelector("[data-key].htmx-request")) return;
  event.preventDefault();
  button.click();
};

// arrows walk through a list; Enter in the search takes the first
const walk = (event) => {
  const from = event.target.dataset.listFrom;
  const list = from ? document.getElementById(from) : event.target.closest("[data-list]");
  if (!list) return;
  const picks = [...list.querySelectorAll("[data-pick]")];
  const at = picks.indexOf(event.target);
  if (event.key === "Enter" && from) {
    event.preventDefault();
    picks[0]?.click();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const search = document.querySelector(`[data-list-from="${list.id}"]`);
  (picks[at + step] ?? (step < 0 ? search : null))?.focus();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) walk(event);
  else if (!typing(event.target)) shortcut(event);
});

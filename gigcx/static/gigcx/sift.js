// A long table shows the rows whose name has what is typed.
/* global htmx */
const box = document.getElementById("sift");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

if (box) {
  const none = document.getElementById("sifted");
  const sift = () => {
    const wanted = plain(box.value);
    let shown = 0;
    for (const row of document.querySelectorAll("#rows > tr")) {
      row.hidden = !plain(row.querySelector("th").textContent).includes(wanted);
      shown += !row.hidden;
    }
    none.hidden = shown > 0;
  };
  // rows come fresh from the server, which knows nothing of what is typed here
  htmx.registerExtension("keep-sifted", {
    htmx_before_morph_attr: (element, { attrName }) => !(attrName === "hidden" && element.matches("#rows > tr")),
  });
  box.addEventListener("input", sift);
  sift();
}

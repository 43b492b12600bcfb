// Keeps a live page honest: the clock runs, a lost line is said, a dead one is opened again.
/* global htmx */
const live = document.getElementById("live");
const SILENT_MS = 9000; // three pings

// what the reader opened stays open when its surroundings are refreshed
htmx.registerExtension("keep-open", {
  htmx_before_morph_attr: (element, { attrName }) => !(attrName === "open" && element.tagName === "DETAILS"),
});

const said = document.getElementById("said");
const say = (words) => {
  const toast = Object.assign(document.createElement("div"), { className: "toast refused", textContent: words });
  said?.replaceChildren(toast);
};
document.body.addEventListener("say", ({ detail }) => say(detail));
document.body.addEventListener("htmx:after:request", (event) => {
  // whoever was signed out meanwhile was sent to the sign-in page
  if (!event.detail.ctx.response.raw.redirected) return;
  event.preventDefault();
  location.reload();
});
document.body.addEventListener("htmx:response:error", ({ detail }) => {
  if (detail.ctx.response.status !== 409) say(said.dataset.failed);
});
document.body.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx && detail.ctx.sourceElement !== live) say(said.dataset.failed);
});

if (live) {
  const lost = document.getElementById("lost");
  const clock = document.getElementById("clock");
  const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: live.dataset.zone });
  let heard = Date.now();
  let ahead = 0; // of the server's clock

  const found = () => {
    heard = Date.now();
    if (!document.body.classList.contains("cut")) return;
    document.body.classList.remove("cut");
    lost.textContent = "";
  };
  const gone = () => {
    if (document.hidden || document.body.classList.contains("cut")) return;
    document.body.classList.add("cut");
    lost.textContent = lost.dataset.lost.replace("{time}", time.format(heard + ahead));
  };

  live.addEventListener("htmx:after:sse:message", found);
  live.addEventListener("htmx:before:sse:message", found);
  live.addEventListener("ping", ({ detail }) => { ahead = new Date(detail.data) - Date.now(); });
  live.addEventListener("htmx:sse:error", ({ detail }) => {
    if ([401, 403].includes(detail.status)) {
      lost.textContent = lost.dataset.over;
      setTimeout(() => location.reload(), 1500);
    } else gone();
  });
  document.addEventListener("visibilitychange", () => { heard = Date.now(); });
  setInterval(() => {
    if (clock) clock.textContent = time.format(Date.now() + ahead);
    if (document.hidden || Date.now() - heard < SILENT_MS) return;
    gone();
    // a line that died without a word is closed here, which makes the extension open a new one
    const stream = live._htmx?.sse;
    if (!stream) htmx.trigger(live, "again");
    else if (stream.reader) stream.reader.cancel();
    heard = Math.max(heard, Date.now() - SILENT_MS + 2000);
  }, 1000);
}

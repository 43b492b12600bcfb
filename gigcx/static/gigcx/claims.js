// A claim counts once, however often it must be sent: one key for each press, kept until there is an answer.
/* global htmx */
const KEPT = "claims";
const LASTS_MS = 15 * 60 * 1000; // nobody wants a claim of this morning sent tonight
const LONGEST_PAUSE_MS = 15_000;
const AWAY = [502, 503, 504];
const NOTHING = 204;
const act = document.getElementById("act");

const read = () => {
  const claims = Object.entries(JSON.parse(localStorage.getItem(KEPT) ?? "{}"));
  return Object.fromEntries(claims.filter(([, { at }]) => Date.now() - at < LASTS_MS));
};
const write = (claims) => localStorage.setItem(KEPT, JSON.stringify(claims));
const keyOf = (shift) => {
  const claims = read();
  claims[shift] ??= { key: [...crypto.getRandomValues(new Uint32Array(4))].join("-"), at: Date.now() };
  write(claims);
  return claims[shift].key;
};
const forget = (shift) => {
  const claims = read();
  delete claims[shift];
  write(claims);
};

const pause = (tries) => new Promise((done) => {
  const over = new AbortController();
  const end = () => {
    over.abort(); // leaves no listener behind, however often it waits
    done();
  };
  setTimeout(end, Math.min(1000 * 2 ** tries, LONGEST_PAUSE_MS));
  addEventListener("online", end, { signal: over.signal });
});
const patiently = (button) => async (address, request) => {
  const label = button.textContent;
  const until = (read()[button.dataset.claim]?.at ?? Date.now()) + LASTS_MS;
  for (let tries = 0; Date.now() < until; tries += 1) {
    try {
      const response = await fetch(address, request);
      if (!AWAY.includes(response.status)) {
        forget(button.dataset.claim);
        return response;
      }
    } catch (problem) {
      if (request.signal?.aborted) throw problem;
    }
    button.textContent = act.dataset.waiting;
    await pause(tries);
  }
  forget(button.dataset.claim);
  button.textContent = label;
  document.body.dispatchEvent(new CustomEvent("say", { detail: act.dataset.late }));
  return new Response(null, { status: NOTHING });
};

document.body.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const button = ctx.sourceElement;
  if (!button?.dataset.claim) return;
  ctx.request.headers["Idempotency-Key"] = keyOf(button.dataset.claim);
  ctx.request.timeout = 0;
  ctx.fetch = patiently(button);
});

// what was on its way when the page was left
for (const shift of Object.keys(read())) {
  const button = document.querySelector(`[data-claim="${CSS.escape(shift)}"]`) ?? act.appendChild(document.createElement("button"));
  button.dataset.claim = shift;
  htmx.ajax("POST", act.dataset.claims.replace("/0/", `/${shift}/`), { source: button, swap: "none" });
}

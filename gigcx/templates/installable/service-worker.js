// Keeps the shell alone, never a page: without a network a page is the one that says so.
const NAME = "shell-{{ version }}";
const FILES = [{% for file in files %}"{{ file|escapejs }}", {% endfor %}];

const prepare = async () => {
  await (await caches.open(NAME)).addAll(FILES);
  await self.skipWaiting();
};
const tidy = async () => {
  const old = (await caches.keys()).filter((name) => name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
};
const or = async (request, kept) => {
  try {
    return await fetch(request);
  } catch (problem) {
    const found = await caches.match(kept);
    if (found) return found;
    throw problem;
  }
};

self.addEventListener("install", (event) => event.waitUntil(prepare()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(or(request, "{{ offline|escapejs }}"));
  else if (FILES.includes(new URL(request.url).pathname)) event.respondWith(or(request, request));
});

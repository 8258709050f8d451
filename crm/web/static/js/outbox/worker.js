// Keeps the static shell, never a page with anybody on it: where no network reaches, `/offline` answers.
// The server writes VERSION and SHELL before this text; when they change the browser installs it anew.

async function install() {
  const cache = await caches.open(VERSION);
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name);
  await self.clients.claim();
}

async function keptOrFetched(request) {
  const kept = await caches.match(request);
  return kept ?? fetch(request);
}

async function fetchedOrShell(request) {
  try {
    return await fetch(request);
  } catch (fault) {
    const shell = await caches.match("/offline");
    if (!shell) throw fault;
    return shell;
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetchedOrShell(request));
  else if (pathname.startsWith("/static/")) event.respondWith(keptOrFetched(request));
});

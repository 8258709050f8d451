// Begins the outbox on a device an administrator lets keep entries; elsewhere sends what is left of it.

const NAME = "tsunagari-outbox";
const EVERY_MS = 30_000;
const { outbox: owner, lockAfter } = document.body.dataset;
const able = isSecureContext && navigator.serviceWorker && navigator.locks && crypto.subtle && window.indexedDB;

async function begin() {
  const { flush, meet } = await import("./outbox/sender.js");
  const [form, leaving, panel] = await Promise.all(
    ["form", "leaving", "panel"].map((part) => import(`./outbox/${part}.js`)),
  );
  for (const part of [form, leaving, panel]) part.attach(owner);
  const again = () => flush(owner).catch(() => {});
  window.addEventListener("online", again);
  document.addEventListener("visibilitychange", () => document.hidden || again());
  setInterval(again, EVERY_MS);
  navigator.serviceWorker.register("/sw.js").catch(() => {});
  await meet(owner).catch(() => {});
  await again();
}

async function clearUp() {
  const known = await indexedDB.databases();
  if (!known.some((each) => each.name === NAME)) return;
  const { flush, meet } = await import("./outbox/sender.js");
  const { count, remove } = await import("./outbox/store.js");
  await meet();
  await flush();
  if (await count()) return;
  await remove();
  for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
  for (const each of await caches.keys()) await caches.delete(each);
}

if (lockAfter && able) (owner ? begin() : clearUp()).catch(() => {});
if (owner && !able) for (const said of document.querySelectorAll("[data-outbox-unable]")) said.hidden = false;

// The form of the page without a network: sealed like any other, for its author to complete later.

import { count, keep, known } from "./store.js";
import { seal } from "./seal.js";

const EVERY_MS = 5_000;
const form = document.querySelector("form[data-outbox-shell]");
const show = (name) => {
  for (const each of document.querySelectorAll("[data-shell]")) each.hidden = each.dataset.shell !== name;
};

async function owner() {
  const last = isSecureContext && window.indexedDB && (await known("owner"));
  return last && last.until > Date.now() ? last.id : null;
}

async function record() {
  const fields = [...new FormData(form)].filter(([name]) => name !== "who");
  const words = { about: null, who: form.elements.who.value, fields, written_at: Date.now() };
  await keep(await seal(await known("key"), await owner(), crypto.randomUUID(), words));
  form.reset();
  await tell();
}

async function tell() {
  const number = await count();
  const said = document.querySelector("[data-outbox-waiting]");
  said.hidden = !number;
  said.querySelector("[data-outbox-count]").textContent = number;
  if (number) said.focus();
}

// "online" says that there is a network, not that we can be reached; nobody is taken away from writing
async function goOn() {
  await fetch("/manifest.webmanifest", { cache: "no-store" });
  if (!form.elements.heard.value && !form.elements.told.value) location.replace("/");
}

async function begin() {
  // nobody has signed in here, or signed out: then there is nobody to write for
  const may = (await owner()) && (await known("key"));
  show(may ? "form" : "nobody");
  await tell();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    record().catch(() => show("failed"));
  });
  const again = () => goOn().catch(() => {});
  window.addEventListener("online", again);
  setInterval(again, EVERY_MS);
}

if (form) begin().catch(() => show("nobody"));

// Locks the screen when nobody uses it. What was being typed goes to the server first: nothing of it
// may stay on a terminal others use. One page tells the others, so that all of them lock together.
// Where no network reaches it goes into the sealed outbox, or the page waits, empty, and tries again.

import { fill } from "./parts/fill.js";

const after_ms = Number(document.body.dataset.lockAfter) * 1000;
const LOOK_EVERY_MS = 2_000;
const EARLY_MS = Math.min(10_000, after_ms / 10); // before the server stops listening
const TELL_EVERY_MS = Math.min(60_000, after_ms / 4);
const AGAIN_MS = 3_000;
const WAIT_MS = 10_000;

const others = new BroadcastChannel("tsunagari-lock");
const here = location.pathname + location.search;
let used = Date.now();
let told = used;
let typedInto = null;
let locked = false;

const token = () => document.querySelector('input[name="_csrf_token"]').value;
const late = () => Date.now() - used >= after_ms - EARLY_MS;

function post(path, fields) {
  const body = new URLSearchParams({ _csrf_token: token(), ...fields });
  return fetch(path, { method: "POST", body, redirect: "manual" });
}

function formInUse() {
  const refused = document.querySelector('form:has([aria-invalid="true"])');
  const form = typedInto?.isConnected ? typedInto : refused;
  return form && form.method === "post" && form.getAttribute("role") !== "search" ? form : null;
}

function draft(form) {
  if (!form) return {};
  const secret = (name) => form.elements[name]?.type === "password";
  const typed = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !secret(name));
  return { target: new URL(form.action).pathname, draft: JSON.stringify(typed) };
}

async function locks(body) {
  const signal = AbortSignal.timeout(WAIT_MS);
  const answer = await fetch("/lock", { method: "POST", body, redirect: "manual", signal }).catch(() => null);
  return Boolean(answer?.ok || answer?.type === "opaqueredirect");
}

async function sealed(form) {
  const { outbox: owner } = document.body.dataset;
  if (!owner || !form.dataset.outboxAbout) return false;
  const { keepUnfinished } = await import("./outbox/form.js");
  return keepUnfinished(form, owner);
}

// Nothing of the page is left to read while the lock has not reached the server.
function empty(state) {
  const said = document.querySelector("template[data-lock-waits]").content.cloneNode(true);
  for (const each of said.querySelectorAll("[data-lock-said]")) each.hidden = each.dataset.lockSaid !== state;
  document.body.replaceChildren(said);
  document.body.hidden = false;
}

async function hold(form, body) {
  if (!body.has("draft")) return empty();
  const isSealed = await sealed(form).catch(() => false);
  if (isSealed) for (const name of ["draft", "target"]) body.delete(name);
  return empty(isSealed ? "sealed" : "held");
}

async function lock() {
  if (locked) return;
  locked = true;
  const form = formInUse();
  const body = new URLSearchParams({ _csrf_token: token(), page: here, ...draft(form) });
  document.body.hidden = true;
  others.postMessage("locked");
  let reached = await locks(body);
  if (!reached) await hold(form, body);
  while (!reached) {
    await new Promise((done) => setTimeout(done, AGAIN_MS));
    reached = await locks(body);
  }
  location.replace(`/lock?next=${encodeURIComponent(here)}`);
}

function use(event) {
  if (late()) {
    // the machine slept: whoever is here now has not been seen yet
    event.preventDefault?.();
    event.stopImmediatePropagation?.();
    lock();
    return;
  }
  used = Date.now();
  if (used - told < TELL_EVERY_MS) return;
  told = used;
  others.postMessage("used");
  post("/presence", {}).catch(() => {});
}

async function giveBack(id) {
  history.replaceState(null, "", here);
  const answer = await post(`/drafts/${id}/taking`, {});
  if (!answer.ok) return;
  const kept = await answer.json();
  const form = [...document.forms].find((each) => new URL(each.action).pathname === kept.target);
  if (form) fill(form, kept.fields);
}

if (after_ms) {
  for (const kind of ["pointerdown", "keydown", "submit", "wheel"]) {
    document.addEventListener(kind, use, { capture: true });
  }
  document.addEventListener("input", (event) => (typedInto = event.target.form ?? null));
  document.addEventListener("submit", (event) => {
    if (!("lock" in event.target.dataset)) return;
    event.preventDefault();
    lock();
  });
  others.addEventListener("message", ({ data }) => (data === "locked" ? lock() : (used = Date.now())));
  setInterval(() => late() && lock(), LOOK_EVERY_MS);
  // a page a Back button brings from memory may be another officer's
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.body.hidden = true;
    location.reload();
  });
  if (location.hash.startsWith("#draft=")) giveBack(location.hash.slice("#draft=".length));
}

// Keeps what is being typed at the server, for its author alone: a page that is reloaded, a browser that
// falls over or a sign-in that ends loses nothing. Nothing of it stays on the terminal.

import { fill } from "./parts/fill.js";

const REST_MS = 2_000;
const OFTEN_MS = 10_000;
const form = document.querySelector("form[data-draft]");
const back = document.querySelector("[data-draft-back]");
const page = location.pathname;
let resting = 0;
let kept = 0;
let sent = false;

function post(path, fields, options = {}) {
  const body = new URLSearchParams({ _csrf_token: form.elements._csrf_token.value, ...fields });
  return fetch(path, { method: "POST", body, redirect: "manual", ...options });
}

function name(id) {
  const field = form.elements._draft ?? Object.assign(document.createElement("input"), { type: "hidden", name: "_draft" });
  field.value = id ?? "";
  form.append(field);
}

function rest() {
  clearTimeout(resting);
  resting = 0;
}

async function keep(options) {
  rest();
  if (sent) return;
  kept = Date.now();
  const draft = JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const answer = await post("/drafts", { page, target: new URL(form.action).pathname, draft }, options);
  if (answer.ok) name((await answer.json()).id);
}

function typed() {
  clearTimeout(resting);
  resting = setTimeout(() => keep().catch(() => {}), Math.max(REST_MS, kept + OFTEN_MS - Date.now()));
}

async function giveBack() {
  const answer = await post("/drafts/finding", { page });
  const found = answer.ok ? await answer.json() : {};
  // whoever types already goes on with that
  if (!found.id || resting) return;
  fill(form, found.fields);
  rest();
  name(found.id);
  back.hidden = false;
}

async function drop() {
  sent = true;
  rest();
  await post(`/drafts/${form.elements._draft.value}/removal`, {});
  // opened anew, not reloaded: browsers put back what a reloaded form held
  location.replace(page);
}

if (form) {
  form.addEventListener("input", typed);
  form.addEventListener("submit", () => {
    sent = true;
    rest();
  });
  // the lock keeps what was typed itself, and no page behind it keeps anything more
  new BroadcastChannel("tsunagari-lock").addEventListener("message", ({ data }) => {
    if (data !== "locked") return;
    sent = true;
    rest();
  });
  // what became of it is said on the page: it goes on being one to be kept
  form.addEventListener("outbox:refused", () => (sent = false));
  document.addEventListener("visibilitychange", () => document.hidden && resting && keep({ keepalive: true }).catch(() => {}));
  back?.querySelector("[data-draft-drop]").addEventListener("click", () => drop().catch(() => {}));
  const refused = form.querySelector('[aria-invalid="true"]');
  if (!refused && !location.hash) giveBack().catch(() => {});
}

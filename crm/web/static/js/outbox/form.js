// Keeps a note on the device first and sends it from there: nothing typed hangs on the network.

import { entries, keep, known } from "./store.js";
import { seal } from "./seal.js";
import { send, tell, whileWritten } from "./sender.js";

const openedAt = Date.now();
const said = (form, name) => form.querySelector(`[data-outbox-said="${name}"]`);

function wordsOf(form, pressed) {
  const fields = [...new FormData(form, pressed)].filter(([name, value]) => !name.startsWith("_") && typeof value === "string");
  const [kind, key] = form.dataset.outboxAbout.split(":");
  const served = Number(document.body.dataset.served);
  const open_for = Math.round(performance.now());
  return { about: [kind, key], fields, written_at: Date.now(), opened_at: openedAt, served_at: served, open_for };
}

// The screen locks on a form half filled in: what stands there waits, sealed, for its author.
export async function keepUnfinished(form, owner) {
  const [key, id] = [await known("key"), form.elements.client_key.value];
  if (!key) return false;
  // it was sent off already: what was pressed to be recorded stays as it is
  if ((await entries()).some((each) => each.id === id)) return true;
  await keep(await seal(key, owner, id, { ...wordsOf(form), unfinished: true }));
  return true;
}

function release(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll("[data-held]")) {
    for (const name of ["aria-disabled", "data-held"]) button.removeAttribute(name);
  }
}

function show(form, name, sentence = "") {
  for (const each of form.querySelectorAll("[data-outbox-said]")) each.hidden = each.dataset.outboxSaid !== name;
  const shown = said(form, name);
  if (sentence) shown.querySelector("[data-outbox-sentence]").textContent = sentence;
  shown.scrollIntoView({ block: "center" });
  shown.focus();
}

function refuse(form, { field, sentence }) {
  form.dispatchEvent(new Event("outbox:refused"));
  show(form, "refused", sentence);
  const control = field && form.querySelector(`[name="${CSS.escape(field)}"]`);
  control?.setAttribute("aria-invalid", "true");
  control?.focus();
}

// Nothing to seal with yet: the browser sends the form as ever, with the button that was pressed.
function sendPlainly(form, pressed) {
  if (pressed?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: pressed.name, value: pressed.value }));
  form.submit();
}

async function record(form, owner, pressed) {
  const id = form.elements.client_key.value;
  const key = await known("key");
  if (!key) return sendPlainly(form, pressed);
  const entry = await seal(key, owner, id, wordsOf(form, pressed));
  await whileWritten(id, async () => {
    await keep(entry);
    const receipts = await send([entry], { present: true }).catch(() => null);
    if (!receipts) return later(form);
    const [receipt] = receipts;
    if (receipt.result === "refused") return refuse(form, receipt);
    await forgetDraft(form);
    location.assign(receipt.path);
  });
  release(form);
}

// what was typed is on record: the copy kept against a crash is not offered again
async function forgetDraft(form) {
  const { _draft, _csrf_token } = form.elements;
  const body = new URLSearchParams({ _csrf_token: _csrf_token.value });
  if (_draft?.value) await fetch(`/drafts/${_draft.value}/removal`, { method: "POST", body, redirect: "manual" }).catch(() => {});
}

function later(form) {
  form.reset();
  form.elements.client_key.value = crypto.randomUUID();
  show(form, "kept");
  return tell();
}

export function attach(owner) {
  for (const form of document.querySelectorAll("form[data-outbox-about]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      record(form, owner, event.submitter)
        .catch(() => show(form, "failed"))
        .finally(() => release(form));
    });
  }
}

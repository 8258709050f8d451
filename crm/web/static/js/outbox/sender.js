// Sends what the device keeps. One tab at a time; the server answers each entry with a receipt, and only
// a receipt lets the device forget it: whatever is lost on the way is sent again under the same key.

import { count, drop, entries, forget, keep, know } from "./store.js";

const WAIT_MS = 15_000;
const AT_ONCE = 20;
const MOST_BYTES = 400_000;
const LOCK = "tsunagari-outbox";
const BEING_WRITTEN = "tsunagari-entry ";

async function ask(path, options = {}) {
  const signal = AbortSignal.timeout(WAIT_MS);
  const answer = await fetch(path, { ...options, signal, redirect: "manual", cache: "no-store" });
  // a sign-in that ended or locked leads elsewhere: nothing was taken
  if (!answer.ok) throw Object.assign(new Error("not taken"), { status: answer.status });
  return answer.json();
}

export async function meet(owner) {
  const state = await ask("/outbox/state");
  if (owner && state.owner !== owner) return state;
  await know("key", state.key);
  await know("owner", { id: state.owner, until: Date.now() + state.hours * 3_600_000 });
  return state;
}

export const part = () => forget("owner");

export async function send(batch, { present = false } = {}) {
  const { token } = await ask("/outbox/state");
  const sealed = batch.map(({ id, owner, key, epk, iv, ct }) => ({ id, owner, key, epk, iv, ct }));
  const said = JSON.stringify({ entries: sealed, sent_at: Date.now(), present });
  const body = new URLSearchParams({ _csrf_token: token, batch: said });
  const { receipts } = await ask("/outbox", { method: "POST", body });
  await settle(batch, receipts, present);
  return receipts;
}

async function settle(batch, receipts, present) {
  const refused = receipts.filter((each) => each.result === "refused" && !present);
  await drop(receipts.filter((each) => !refused.includes(each)).map((each) => each.id));
  for (const { id, sentence } of refused) {
    await keep({ ...batch.find((each) => each.id === id), refused: sentence });
  }
  if (receipts.some((each) => each.result === "parked")) document.dispatchEvent(new Event("outbox:parked"));
  await tell();
}

export async function tell() {
  document.dispatchEvent(new CustomEvent("outbox:count", { detail: await count() }));
}

// With `all`, also what was refused before: somebody asked to try again.
export function flush(owner, { all = false } = {}) {
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => lock && drain(owner, all));
}

async function drain(owner, all) {
  const locks = (await navigator.locks.query()).held.map((each) => each.name);
  const waiting = (await entries())
    .filter((each) => (!owner || each.owner === owner) && (all || !each.refused))
    .filter((each) => !locks.includes(BEING_WRITTEN + each.id))
    .sort((one, other) => one.at - other.at);
  while (waiting.length) {
    const batch = take(waiting);
    await send(batch).catch((fault) => (fault.status >= 500 ? sendEach(batch) : Promise.reject(fault)));
  }
  await tell();
}

function take(waiting) {
  let size = 0;
  const fits = waiting.findIndex((each, at) => at >= AT_ONCE || (size += each.ct.length) > MOST_BYTES);
  return waiting.splice(0, Math.max(1, fits < 0 ? waiting.length : fits));
}

// One entry that the server stumbles over must not hold up the others.
async function sendEach(batch) {
  if (batch.length > 1) for (const each of batch) await send([each]).catch(() => {});
}

// Whoever is still at the form learns at the form what is wrong; meanwhile no other tab sends it.
export function whileWritten(id, act) {
  return navigator.locks.request(BEING_WRITTEN + id, act);
}

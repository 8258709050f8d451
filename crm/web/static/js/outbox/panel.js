// Shows how many entries wait on the device, sends them when asked, and saves them to a file.

import { entries } from "./store.js";
import { flush, tell } from "./sender.js";

function show(number) {
  for (const each of document.querySelectorAll("[data-outbox-waiting]")) each.hidden = !number;
  for (const each of document.querySelectorAll("[data-outbox-none]")) each.hidden = !!number;
  for (const each of document.querySelectorAll("[data-outbox-count]")) each.textContent = number;
}

async function save() {
  const file = { format: "tsunagari-outbox-1", entries: await entries() };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(file)], { type: "application/json" }));
  link.download = `outbox-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function attach(owner) {
  document.addEventListener("outbox:count", (event) => show(event.detail));
  document.addEventListener("outbox:parked", () => {
    for (const each of document.querySelectorAll("[data-outbox-parked]")) each.hidden = false;
  });
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("[data-outbox-act]")?.dataset.outboxAct;
    if (pressed === "send") flush(owner, { all: true }).catch(() => {});
    if (pressed === "save") save();
  });
  tell().catch(() => {});
}

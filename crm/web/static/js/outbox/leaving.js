// Signing out sends what is left first, and says what stays on the device when it cannot.

import { entries } from "./store.js";
import { flush, part } from "./sender.js";

const mine = async (owner) => (await entries()).filter((each) => each.owner === owner).length;

async function leave(form, owner) {
  await flush(owner).catch(() => {});
  const left = await mine(owner);
  const asked = document.querySelector("[data-outbox-left]");
  if (left && asked) {
    asked.querySelector("[data-outbox-number]").textContent = left;
    asked.returnValue = "";
    asked.showModal();
    await new Promise((done) => asked.addEventListener("close", done, { once: true }));
    if (asked.returnValue !== "leave") return;
  }
  await part();
  form.submit();
}

export function attach(owner) {
  for (const form of document.querySelectorAll('form[action="/sign-out"]')) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      leave(form, owner).catch(() => form.submit());
    });
  }
}

// Sends a form once, however often its button is pressed. The server stays the judge of doubles.

const release_ms = 10_000; // an answer that never comes must not hold the form for ever
const stays_ms = 2_000; // a form marked data-stays gives a file and leaves the page as it is

function release(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll("[aria-disabled='true'][data-held]")) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("data-held");
  }
}

// On the way down, so that a second press reaches neither htmx nor the browser.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    const stays = "stays" in form.dataset;
    const held = stays ? event.submitter?.hasAttribute("data-held") : form.dataset.busy;
    if (held) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.busy = "yes";
    // aria-disabled, not disabled: a disabled button would lose focus and its own name and value.
    event.submitter?.setAttribute("aria-disabled", "true");
    event.submitter?.setAttribute("data-held", "");
    setTimeout(release, stays ? stays_ms : release_ms, form);
  },
  { capture: true },
);

document.addEventListener("htmx:finally:request", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-busy]")) release(form);
});

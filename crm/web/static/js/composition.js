// Search while typing waits until the kana are chosen: half-converted text never leaves the page.

const typed = "input[data-live-search]";

document.addEventListener(
  "input",
  (event) => {
    if (event.isComposing && event.target.matches?.(typed)) event.stopImmediatePropagation();
  },
  { capture: true },
);

document.addEventListener("compositionend", (event) => {
  if (event.target.matches?.(typed)) event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

// Enter that only confirms a conversion must not send the form.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.isComposing && event.target.matches?.("input")) {
    event.preventDefault();
  }
});

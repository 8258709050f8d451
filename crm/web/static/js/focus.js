// Puts the reader where the news is: on the summary of a refused form, on what a swap brought.

const target = "[data-focus]";

function focusIn(root) {
  const found = root.matches?.(target) ? root : root.querySelector?.(target);
  if (!found) return;
  found.focus({ preventScroll: true });
  found.scrollIntoView({ block: "nearest" });
}

focusIn(document);

// htmx puts focus back on the field that asked; news in the new content comes first.
document.addEventListener("htmx:after:swap", (event) => {
  const swapped = event.detail?.ctx?.target;
  focusIn(swapped?.isConnected ? swapped : document);
});

// A link of the error summary leads into the field itself, not only to its place on the page.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('.error-summary a[href^="#"]');
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.focus({ preventScroll: true });
  (field.closest(".field") ?? field).scrollIntoView({ block: "center" });
});

// Closes an open menu on Escape, and when the reader turns to something else.

const open = "details[data-menu][open]";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(open)) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const menu of document.querySelectorAll(open)) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

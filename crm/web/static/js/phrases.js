// Writes a station's own phrase into the field above it: one tap, at the end of what stands there.

for (const group of document.querySelectorAll("[data-phrases]")) {
  const field = group.closest("form").elements[group.dataset.phrases];
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const phrase = event.target.closest("button")?.textContent;
    if (!phrase) return;
    const written = field.value.trimEnd();
    field.value = written ? `${written}\n${phrase}` : phrase;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}

// Two keys for people who type: Ctrl+Enter sends the form of a text area, "/" goes to the search.

const writing = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const at = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && at.matches?.("[data-send-keys]")) {
    event.preventDefault();
    at.form?.requestSubmit();
  }
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !at.matches?.(writing)) {
    const search = document.querySelector('[data-hotkey="/"]');
    if (!search?.checkVisibility()) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
});

// Keys for people who type: "n" records an activity, "g" and a letter goes to a page, "?" lists them all.

const writing = "input, textarea, select, [contenteditable], dialog *";
const WAIT_MS = 1_500;
let going = 0;

function here(event) {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  return plain && !event.target.matches?.(writing) && !document.querySelector("dialog[open]");
}

function follow(link) {
  if (link) location.assign(link.href);
  return Boolean(link);
}

// on somebody's page the note is about them
const record = () =>
  document.querySelector('.page-header a[href$="/notes/new"], .identity a[href$="/notes/new"]') ??
  document.querySelector('[data-hotkey="n"]');

function press(key) {
  if (Date.now() - going < WAIT_MS) {
    going = 0;
    return follow(document.querySelector(`[data-go="${CSS.escape(key)}"]`));
  }
  if (key === "g") going = Date.now();
  if (key === "n") return follow(record());
  if (key !== "?") return key === "g";
  document.querySelector("[data-keys]")?.showModal();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Shift" || !here(event)) return;
  if (press(event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const opens = event.target.closest?.("[data-opens]");
  if (opens) document.querySelector(opens.dataset.opens)?.showModal();
});

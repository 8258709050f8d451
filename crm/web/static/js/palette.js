// The command palette: Ctrl+K, a few letters, Enter. Every command is a page to go to.

const palette = document.querySelector("[data-palette]");
const asked = palette?.querySelector("input");
const commands = [...(palette?.querySelectorAll("[data-command]") ?? [])];
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
const shown = () => commands.filter((each) => !each.hidden);

function choose(at) {
  const found = shown();
  const chosen = found[(at + found.length) % found.length];
  for (const each of commands) each.toggleAttribute("data-chosen", each === chosen);
  if (chosen) asked.setAttribute("aria-activedescendant", chosen.id);
  chosen?.scrollIntoView({ block: "nearest" });
}

const chosenAt = () => shown().findIndex((each) => each.hasAttribute("data-chosen"));

function narrow() {
  const words = plain(asked.value).split(/\s+/);
  for (const each of commands) each.hidden = !words.every((word) => plain(each.dataset.command).includes(word));
  choose(0);
}

function go(command) {
  if (command) location.assign(command.dataset.path);
}

function open() {
  asked.value = "";
  narrow();
  palette.showModal();
}

if (palette) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    open();
  });
  palette.addEventListener("click", (event) => go(event.target.closest("[data-command]")));
  asked.addEventListener("input", narrow);
  asked.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(chosenAt() + step);
    if (event.key === "Enter") go(shown()[chosenAt()]);
    if (step || event.key === "Enter") event.preventDefault();
  });
}

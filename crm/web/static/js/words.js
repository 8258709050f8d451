// Reminds whoever types words that belong to another record; it never keeps them from being sent.

for (const hint of document.querySelectorAll("[data-words]")) {
  const belongs = new RegExp(hint.dataset.words, "u");
  const form = hint.closest("form");
  const look = () => {
    const written = [...form.querySelectorAll("textarea")].map((each) => each.value).join("\n");
    hint.hidden = !belongs.test(written.normalize("NFKC").toUpperCase());
  };
  form.addEventListener("input", look);
  look();
}

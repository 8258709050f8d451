// Lets a text area grow with its text where the browser's `field-sizing: content` is missing.

function fit(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

if (!CSS.supports("field-sizing", "content")) {
  const fitAll = () => document.querySelectorAll("textarea[data-autosize]").forEach(fit);
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("textarea[data-autosize]")) fit(event.target);
  });
  document.addEventListener("htmx:after:swap", fitAll);
  fitAll();
}

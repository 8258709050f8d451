// Lets a place be pointed out on the map of the areas; choosing the area and writing do without.

const field = document.querySelector("[data-site-map]");

function show(field, svg, mark, at) {
  const [x, y] = at.value.split(",");
  mark.setAttribute("visibility", y ? "visible" : "hidden");
  if (y) for (const [name, value] of [["cx", x], ["cy", y]]) mark.setAttribute(name, value);
  field.querySelector("[data-site-clear]").hidden = !y;
}

function begin() {
  const svg = field.querySelector("svg");
  const mark = field.querySelector("[data-site-mark]");
  const { at, area_id: area } = field.closest("form").elements;
  const said = field.querySelector("[data-site-said]");
  field.hidden = false;
  show(field, svg, mark, at);
  svg.addEventListener("click", (event) => {
    const outline = event.target.closest("[data-area]");
    if (!outline) return;
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    at.value = `${Math.round(place.x)},${Math.round(place.y)}`;
    area.value = outline.dataset.area;
    said.textContent = outline.querySelector("title").textContent;
    show(field, svg, mark, at);
  });
  field.querySelector("[data-site-clear]").addEventListener("click", () => {
    at.value = said.textContent = "";
    show(field, svg, mark, at);
  });
}

if (field) begin();

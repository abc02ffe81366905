// Elements are made here, and text gets into them as text: nothing in this page reads HTML.

const SVG = "http://www.w3.org/2000/svg";

export const find = (id) => document.getElementById(id);

// Make an element: `text` becomes its text, `css` custom properties, all else attributes.
export function make(name, { text, css = {}, ...attributes } = {}, ...children) {
  return dress(document.createElement(name), text, css, attributes, children);
}

// Make an element of a drawing.
export function draw(name, { text, css = {}, ...attributes } = {}, ...children) {
  return dress(document.createElementNS(SVG, name), text, css, attributes, children);
}

function dress(element, text, css, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [name, value] of Object.entries(css)) element.style.setProperty(name, String(value));
  if (text !== undefined) element.textContent = text;
  element.append(...children.filter((child) => child !== null));
  return element;
}

// Write only what changed: a live region would say the same again.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function table(caption, heads, rows, options = {}) {
  return make(
    "table",
    options,
    make("caption", { text: caption }),
    make("thead", {}, make("tr", {}, ...heads.map((text, at) => make("th", { scope: "col", text, class: kind(rows[0]?.[at]) })))),
    make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map(cell)))),
  );
}

function cell(content) {
  if (content instanceof Node) return make("td", {}, content);
  return make("td", { text: content, class: kind(content) });
}

const kind = (content) => (/^[-−+]?[\d.,]+%?$/.test(content) ? "number" : null);

// Which words brought a model to its answer: a row a word, with sign, number and a bar.

import { hue } from "./colours.js";
import { make, table } from "./dom.js";
import { word } from "./words.js";

const METHODS = { linear: "linear", shapley: "shapley", "leave-one-out": "leave_one_out" };
const NOTHING = 5e-4; // what rounds to 0.000

// Return a number with its sign, which is a minus and no hyphen.
export function signed(value) {
  if (Math.abs(value) < 0.005) return "0.00";
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

// Return the nodes that show an explanation, as the server gives it.
export function reasons(model, explanation) {
  const { label, parts, base, residual, method, unit } = explanation;
  const largest = Math.max(1e-9, ...parts.map((part) => Math.abs(part.contributions[label])));
  const rows = parts.map((part) => {
    const value = part.contributions[label];
    return [part.text, push(model, label, value / largest), signed(value)];
  });
  const caption = unit === "log-odds" ? word("pushed", { label }) : word("pushed_in", { label, unit });
  const heads = [word("read_so_far"), "", word("contribution")];
  return [
    table(caption, heads, rows, { class: "reasons" }),
    make("p", { class: "quiet", text: remarks(label, base, residual, method) }),
  ];
}

function push(model, label, share) {
  const way = share < 0 ? "away" : `towards ${hue(model, label)}`;
  return make("span", { class: `push ${way}`, css: { "--share": Math.abs(share).toFixed(4) } });
}

function remarks(label, base, residual, method) {
  const said = [`${word("base")}: ${signed(base[label])}`];
  if (Math.abs(residual[label]) >= NOTHING) said.push(`${word("residual")}: ${signed(residual[label])}`);
  said.push(word("method", { method: METHODS[method] ? word(METHODS[method]) : method }));
  return said.join(" · ");
}

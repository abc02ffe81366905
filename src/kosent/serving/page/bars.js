// The probabilities of a model's labels. With many labels the highest come first.

import { hue } from "./colours.js";
import { make, write } from "./dom.js";
import { percent, word } from "./words.js";

const MANY = 7; // labels from which on they are sorted
const SHOWN = 6; // of many; the others are folded away

export class Bars {
  constructor(model) {
    this.model = model;
    this.list = make("ul", { class: "bars" });
    this.rest = make("ul", { class: "bars" });
    this.summary = make("summary");
    this.folded = make("details", { hidden: model.labels.length < MANY }, this.summary, this.rest);
    this.rows = new Map(model.labels.map((label) => [label, this.row(label)]));
    this.list.append(...[...this.rows.values()].map((row) => row.item));
    this.element = make("div", {}, this.list, this.folded);
  }

  // A row stays the same element as long as its model is shown: only so can its bar glide.
  row(label) {
    const name = make("span", { class: "name" });
    const bar = make("span", { class: `bar ${hue(this.model, label)}`, "aria-hidden": "true" });
    const value = make("span", { class: "value" });
    return { name, bar, value, item: make("li", {}, name, bar, value) };
  }

  show({ probabilities, labels }) {
    this.list.setAttribute("aria-label", word("probabilities"));
    for (const [label, row] of this.rows) {
      const given = labels?.includes(label) ?? false;
      write(row.name, given ? `✓ ${label}` : label);
      row.name.classList.toggle("given", given);
      row.bar.style.setProperty("--share", probabilities[label].toFixed(4));
      write(row.value, percent(probabilities[label]));
    }
    if (this.model.labels.length < MANY) return;
    const sorted = [...this.model.labels].sort((one, other) => probabilities[other] - probabilities[one]);
    // Whatever is given stands in sight.
    const cut = Math.max(SHOWN, ...(labels ?? []).map((label) => sorted.indexOf(label) + 1));
    const items = sorted.map((label) => this.rows.get(label).item);
    this.list.append(...items.slice(0, cut));
    this.rest.append(...items.slice(cut));
    this.folded.hidden = items.length === cut;
    write(this.summary, word("more", { count: items.length - cut }));
  }
}

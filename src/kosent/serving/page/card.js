// What one model says of the sentence: label, probabilities, their movement, and the reasons.

import { Bars } from "./bars.js";
import { coloured, hue, leader } from "./colours.js";
import { curve, followed, key } from "./curve.js";
import { make, table, write } from "./dom.js";
import { pieces } from "./text.js";
import { reasons } from "./why.js";
import { percent, word } from "./words.js";

export const LONGEST_TRACE = 200; // eojeols; the server reads as many beginnings of the text

export class Card {
  // `asked` is called when somebody wants to know why, or no longer.
  constructor(model, asked) {
    this.model = model;
    this.said = null;
    this.title = make("h2", { text: model.name });
    this.version = make("span", { class: "version" });
    this.verdict = make("p", { class: "verdict" });
    this.remark = make("p", { class: "quiet", hidden: true });
    this.own = make("p", { class: "own" });
    this.bars = new Bars(model);
    this.drawing = make("div", { class: "drawing" });
    this.key = make("ul", { class: "legend" });
    this.summary = make("summary");
    this.rows = make("div", { class: "scroll" });
    this.asTable = make("details", {}, this.summary, this.rows);
    this.why = make("button", { type: "button", class: "why", "aria-expanded": "false" });
    this.reasons = make("div", { class: "scroll", hidden: true });
    this.body = make("div", {}, this.bars.element, this.own, this.drawing, this.key, this.asTable, this.why, this.reasons);
    const head = make("div", { class: "head" }, this.title, this.version);
    this.element = make("article", { class: "card" }, head, this.verdict, this.remark, this.body);
    this.why.addEventListener("click", () => {
      this.isOpen = !this.isOpen;
      asked();
    });
    this.clear();
  }

  get isOpen() {
    return this.why.getAttribute("aria-expanded") === "true";
  }

  set isOpen(open) {
    this.why.setAttribute("aria-expanded", String(open));
    this.reasons.hidden = !open;
  }

  // Tell that an answer is on its way; the old one stays.
  set isBusy(busy) {
    this.element.classList.toggle("busy", busy);
    this.element.setAttribute("aria-busy", String(busy));
  }

  // Show nothing, and why: nothing is written, or no answer came.
  clear(key = "waiting") {
    this.said = null;
    this.silence = key;
    this.render();
  }

  // Show an answer of the server. Reasons stay until those of this text come.
  show(answer, version) {
    const { explanation = null, refusal = "" } = this.said ?? {};
    this.said = { answer, version, explanation, refusal, isExplained: false };
    this.render();
  }

  // Show the reasons of the answer, or why there are none.
  explain(explanation = null, refusal = "") {
    Object.assign(this.said, { explanation, refusal, isExplained: true });
    this.render();
  }

  // Write everything anew: the answer, the language or the width may have changed.
  render() {
    write(this.why, word("why"));
    this.why.setAttribute("aria-label", word("why_of", { model: this.model.name }));
    write(this.version, word("version", { version: this.said?.version ?? this.model.version }));
    write(this.summary, word("as_table"));
    this.body.hidden = this.said === null;
    this.verdict.replaceChildren();
    this.remark.hidden = true;
    if (this.said === null) {
      this.verdict.append(make("span", { class: "quiet", text: word(this.silence) }));
      return;
    }
    const { answer } = this.said;
    this.verdict.append(...this.labels(answer));
    if (answer.reason) this.note(word("blank"));
    this.bars.show(answer);
    this.move(answer);
    if (this.isOpen) this.reasons.replaceChildren(...this.explained(this.said));
  }

  explained({ explanation, refusal, isExplained }) {
    if (explanation) return reasons(this.model, explanation);
    const text = refusal || word(isExplained ? "no_reason" : "asking");
    return [make("p", { class: "quiet", role: "status", text })];
  }

  note(text) {
    write(this.remark, text);
    this.remark.hidden = false;
  }

  // Return what stands large: the label and its probability, or all labels that apply.
  labels(answer) {
    const one = (label) => make("strong", { class: hue(this.model, label), text: label });
    if (this.model.multilabel) {
      const given = answer.labels ?? [];
      return given.length ? given.flatMap((label) => [one(label), " "]) : [word("no_label")];
    }
    if (answer.label === null) return [word("unsure")];
    return [one(answer.label), " ", make("span", { class: "value", text: percent(answer.probabilities[answer.label]) })];
  }

  // Return the same in a sentence, for those who listen.
  get sentence() {
    const { answer } = this.said;
    const top = leader(this.model, answer.probabilities);
    const listed = answer.labels?.length ? answer.labels.join(", ") : word("no_label");
    const label = this.model.multilabel ? listed : (answer.label ?? word("unsure"));
    const probability = answer.label === top ? percent(answer.probabilities[top]) : "";
    return word("said", { model: this.model.name, label, probability }).trim();
  }

  move({ text, trace }) {
    const traced = (trace?.length ?? 0) > 0;
    for (const part of [this.own, this.drawing, this.key, this.asTable]) part.hidden = !traced;
    if (!traced) {
      if (trace === undefined) this.note(word("too_many_words", { limit: LONGEST_TRACE }));
      return;
    }
    const steps = pieces(text, trace);
    this.own.replaceChildren(...coloured(this.model, text, trace));
    this.drawing.replaceChildren(curve(this.model, steps, Math.max(200, this.drawing.clientWidth || 320)));
    this.key.replaceChildren(...key(this.model, steps));
    this.key.hidden = this.key.childElementCount === 0;
    const labels = followed(this.model, steps);
    const rows = steps.map((each) => {
      const shares = labels.map((label) => percent(each.probabilities[label]));
      return [each.text, leader(this.model, each.probabilities), ...shares];
    });
    const heads = [word("read_so_far"), word("ahead"), ...labels];
    this.rows.replaceChildren(table(word("moved"), heads, rows));
  }
}

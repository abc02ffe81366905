// The sentence: what is typed is asked of every chosen model, and old answers are dropped.

import { Card, LONGEST_TRACE } from "./card.js";
import { coloured, hue, leader } from "./colours.js";
import { find, make, write } from "./dom.js";
import { Failure, predict } from "./server.js";
import { alike, eojeols, pieces, points } from "./text.js";
import { watch } from "./typing.js";
import { number, word } from "./words.js";

const EXAMPLES = [
  "처음엔 지루했는데 끝까지 보니 정말 좋았다",
  "재미있을 줄 알았는데 완전 실망했다 😢",
  "배우들 연기는 훌륭하지만 이야기가 너무 뻔해요",
];
const SIDE_BY_SIDE = 3; // models that are shown without being chosen
const QUIET_MS = 900; // after the last answer, before it is read out

const RENEW_MS = 5000;

// Tell whether an answer is about a model's labels, and these only.
const knows = ({ labels }, { probabilities }) =>
  labels.length === Object.keys(probabilities).length && labels.every((label) => label in probabilities);

export class Sentence {
  // `trouble` is told what went wrong, "" when nothing did; `missing` finds the models.
  constructor({ trouble, missing }) {
    this.field = find("text");
    this.cards = new Map(); // by the model's name, in the order of the server
    this.round = 0;
    this.asked = new AbortController();
    this.first = null; // the answer whose colours stand in the field: {model, answer}
    this.trouble = trouble;
    this.missing = missing;
    this.quiet = 0;
    this.renewed = -RENEW_MS;
    watch(this.field, {
      changed: () => this.paint(),
      rested: () => this.ask(),
      composing: (open) => {
        find("composing").hidden = !open;
      },
    });
    find("examples").append(...EXAMPLES.map((text) => this.example(text)));
    addEventListener("resize", () => this.render());
  }

  example(text) {
    const button = make("button", { type: "button", lang: "ko", text });
    button.addEventListener("click", () => {
      this.field.value = text;
      this.paint();
      this.ask();
    });
    return button;
  }

  // Take the server's models; ask again where something is written already.
  use(models) {
    const kept = models.filter(({ name }) => this.chosen.some(({ model }) => model.name === name));
    const first = models.length <= SIDE_BY_SIDE ? models : models.slice(0, 1);
    const chosen = kept.length > 0 ? kept : first;
    this.cards = new Map(models.map((model) => [model.name, new Card(model, () => this.whyOf(model.name))]));
    const boxes = models.map((model) => this.box(model.name, chosen.includes(model)));
    find("choice").replaceChildren(find("choice").querySelector("legend"), ...boxes);
    find("choice").hidden = models.length < 2;
    this.place();
  }

  box(name, checked) {
    const input = make("input", { type: "checkbox", name: "model", value: name, checked });
    input.addEventListener("change", () => {
      this.place();
      this.ask();
    });
    return make("label", {}, input, ` ${name}`);
  }

  get chosen() {
    const boxes = [...find("choice").querySelectorAll("input:checked")];
    return boxes.map((input) => this.cards.get(input.value));
  }

  place() {
    find("cards").replaceChildren(...this.chosen.map((card) => card.element));
    find("cards").classList.toggle("several", this.chosen.length > 1);
    this.first = null;
    this.render();
  }

  // Show everything anew, in another language or another width.
  render() {
    for (const card of this.cards.values()) card.render();
    this.paint();
  }

  // Send the text to every chosen model. What was under way is stale.
  async ask() {
    this.asked.abort();
    this.asked = new AbortController();
    this.round += 1;
    const [round, text] = [this.round, this.field.value];
    clearTimeout(this.quiet);
    if (!text.trim()) return this.clear();
    if (this.cards.size === 0) return this.missing();
    const asked = this.chosen.map((card) => this.askOne(card, text, round));
    const failures = (await Promise.all(asked)).filter((failure) => failure !== null);
    if (round !== this.round) return undefined;
    this.trouble(failures, this.chosen.length);
    this.quiet = setTimeout(() => this.tell(), QUIET_MS);
    return undefined;
  }

  // Ask one model; return null, or what went wrong.
  async askOne(card, text, round) {
    const trace = eojeols(text).length <= LONGEST_TRACE;
    card.isBusy = true;
    try {
      const body = { text, model: card.model.name, trace };
      const { predictions, version } = await predict(body, this.asked.signal);
      if (!knows(card.model, predictions[0])) return this.renew(card);
      if (round === this.round) this.take(card, predictions[0], version);
      if (round === this.round && card.isOpen) this.explain(card);
      return null;
    } catch (failure) {
      if (failure.name === "AbortError" || round !== this.round) return null;
      this.lose(card);
      return { failure, model: card.model.name };
    }
  }

  // The model has other labels than it had: look at the models again, but not for ever.
  renew(card) {
    this.lose(card);
    if (performance.now() - this.renewed < RENEW_MS) return null;
    this.renewed = performance.now();
    return this.missing().then(() => null);
  }

  // Ask why: a question of its own, since the answer to it takes a second or two.
  async explain(card) {
    const [round, { text }] = [this.round, card.said.answer];
    try {
      const body = { text, model: card.model.name, explain: true };
      const { predictions } = await predict(body, this.asked.signal);
      if (round === this.round) card.explain(predictions[0].explanation);
    } catch (failure) {
      if (failure.name === "AbortError" || round !== this.round) return;
      if (!(failure instanceof Failure)) throw failure; // a mistake of this page
      card.explain(null, failure.sentence);
    }
  }

  lose(card) {
    card.isBusy = false;
    card.clear("failed");
    if (card === this.chosen[0]) this.first = null;
    this.paint();
  }

  take(card, answer, version) {
    card.isBusy = false;
    card.show(answer, version);
    if (card === this.chosen[0]) this.first = { model: card.model, answer };
    this.paint();
  }

  clear() {
    this.first = null;
    for (const card of this.cards.values()) {
      card.isBusy = false;
      card.clear();
    }
    this.paint();
    this.trouble([], 0);
  }

  whyOf(name) {
    const card = this.cards.get(name);
    card.render();
    if (card.isOpen && card.said && !card.said.isExplained) this.explain(card);
  }

  // Colour what is written by the first model's answer, as far as it was written when asked.
  paint() {
    const text = this.field.value;
    find("mirror").replaceChildren(...this.painted(text), "\u200b"); // keeps the last line's height
    const [characters, words] = [points(text).length, eojeols(text).length];
    write(find("size"), word("size", { characters: number(characters), words: number(words) }));
    this.explainColours();
  }

  painted(text) {
    const trace = this.first?.answer.trace ?? [];
    if (trace.length === 0) return [text];
    const before = this.first.answer.text;
    const same = alike(before, text);
    const ends = new Set(eojeols(text).map(({ end }) => end)); // of a word that still grows, none
    return coloured(this.first.model, text, trace.filter(({ end }) => end <= same && ends.has(end)));
  }

  explainColours() {
    const model = this.first?.model;
    const shown = model && this.first.answer.trace ? this.inSight(model) : [];
    const items = shown.map((label) => make("li", { class: hue(model, label), text: label }));
    find("legend").replaceChildren(...items);
    find("legend").hidden = items.length === 0;
  }

  // Return the labels whose colours stand in the field.
  inSight(model) {
    const steps = pieces(this.first.answer.text, this.first.answer.trace);
    const seen = new Set(steps.map(({ probabilities }) => leader(model, probabilities)));
    return model.labels.filter((label) => seen.has(label) || model.labels.length === 2);
  }

  // Say the answers once, when the typist rests.
  tell() {
    const said = this.chosen.filter((card) => card.said !== null).map((card) => card.sentence);
    write(find("said"), said.join(". "));
  }
}

// Many lines: a file or pasted text, its progress, its counts, its first rows, and the CSV.

import { Batches, REPLACED } from "./batches.js";
import { hue, leader } from "./colours.js";
import { csv, save } from "./csv.js";
import { find, make, table, write } from "./dom.js";
import { decoded, guess, LARGEST_MIB, rowsOf } from "./reading.js";
import { number, percent, word } from "./words.js";

const SHOWN = 200; // rows
const MIB = 2 ** 20;

export class Lines {
  constructor({ trouble, say, missing }) {
    this.trouble = trouble; // is told a sentence, "" when nothing is wrong
    this.say = say; // is told what is to be read out
    this.missing = missing; // finds the models
    this.models = [];
    this.source = null; // {name, encoding, rows, isOpen}
    this.batches = null;
    this.running = null; // AbortController
    find("file").addEventListener("change", () => this.open(find("file").files[0]));
    find("pasted").addEventListener("input", () => this.paste(find("pasted").value));
    for (const id of ["column", "header", "model"]) find(id).addEventListener("change", () => this.anew());
    find("start").addEventListener("click", () => this.run());
    find("cancel").addEventListener("click", () => this.running?.abort());
    find("download").addEventListener("click", () => this.download());
  }

  // Take the server's models; what is answered already stays where they are the same.
  use(models) {
    const same = models.map(({ name }) => name).join() === this.models.map(({ name }) => name).join();
    this.models = models;
    if (same) return this.render();
    find("model").replaceChildren(...models.map(({ name }) => make("option", { value: name, text: name })));
    this.anew();
  }

  get model() {
    return this.models.find(({ name }) => name === find("model").value);
  }

  get texts() {
    const [column, header] = [Number(find("column").value), find("header").checked];
    return this.source.rows.slice(header ? 1 : 0).map((row) => row[column] ?? "");
  }

  async open(file) {
    if (!file) return;
    const { name } = file;
    if (file.size > LARGEST_MIB * MIB) return this.refuse(word("too_big", { name, limit: LARGEST_MIB }));
    const bytes = new Uint8Array(await file.arrayBuffer());
    const found = decoded(bytes);
    if (found === null) return this.refuse(word(bytes.includes(0) ? "not_text" : "bad_encoding", { name }));
    find("pasted").value = "";
    this.take({ name, encoding: found.encoding, ...rowsOf(name, found.text) });
  }

  paste(text) {
    find("file").value = "";
    this.take({ name: null, encoding: "Unicode", ...rowsOf("", text) });
  }

  refuse(sentence) {
    this.source = null;
    this.anew();
    this.trouble(sentence);
  }

  take(source) {
    this.source = source.rows.length > 0 ? source : null;
    const wide = this.source ? Math.max(...source.rows.slice(0, 50).map((row) => row.length)) : 1;
    // What is pasted has no header: its first line is a text, whatever it says.
    const guessed = this.source && source.name !== null ? guess(source.rows) : { column: 0, header: false };
    const columns = Array.from({ length: wide }, (_, value) => make("option", { value }));
    find("column").replaceChildren(...columns);
    find("column").value = String(guessed.column);
    find("header").checked = guessed.header;
    find("of-column").hidden = wide === 1;
    find("of-header").hidden = !this.source || source.name === null;
    this.anew();
    if (this.models.length === 0) return this.missing();
    const empty = !this.source && source.name !== null;
    return this.trouble(empty ? word("no_rows", { name: source.name }) : source.isOpen ? word("open_quote") : "");
  }

  // What was answered was asked otherwise: begin anew.
  anew() {
    this.running?.abort();
    this.running = null;
    this.batches = null;
    this.render();
  }

  async run() {
    this.batches ??= new Batches(this.texts, this.model);
    this.running = new AbortController();
    const { batches, running } = this;
    this.trouble("");
    this.render();
    find("cancel").focus(); // the button that was pressed is gone
    this.say(word("done", { done: number(batches.next), rows: number(batches.texts.length) }));
    let sentence = "";
    try {
      await batches.run(running.signal, () => this.progress());
    } catch (failure) {
      if (failure.name !== "AbortError") sentence = this.stopped(failure);
    }
    if (this.running !== running && !sentence) return; // something else has begun
    this.running = null;
    const isHeld = document.activeElement === find("cancel");
    this.render();
    if (isHeld) [find("start"), find("download")].find(({ hidden }) => !hidden)?.focus();
    this.trouble(sentence);
    this.say(find("account").textContent);
  }

  stopped(failure) {
    if (failure.status === undefined) throw failure; // a mistake of this page
    if (failure.status === REPLACED) this.anew();
    return [401, REPLACED].includes(failure.status) ? failure : `${failure.sentence} ${word("stopped")}`;
  }

  render() {
    const { batches, source } = this;
    const isRunning = this.running !== null && batches !== null;
    find("options").hidden = source === null;
    find("of-model").hidden = this.models.length < 2;
    if (source) this.describe();
    find("start").disabled = source === null || !this.model || isRunning;
    find("start").hidden = isRunning || batches?.left === 0;
    write(find("start"), word(batches && !isRunning && batches.left > 0 ? "go_on" : "start"));
    find("cancel").hidden = !isRunning;
    find("progress").hidden = batches === null;
    const isShown = batches !== null && !isRunning;
    find("download").hidden = !isShown || batches.next === 0;
    find("account").textContent = "";
    find("results").replaceChildren();
    if (batches) this.progress();
    if (isShown) this.results();
  }

  describe() {
    const { texts, source } = this;
    for (const [at, option] of [...find("column").options].entries()) {
      write(option, columnName(source.rows, at, find("header").checked));
    }
    const name = source.name ?? word("pasted");
    write(find("source"), word("source", { name, rows: number(texts.length), encoding: source.encoding }));
    write(find("first"), word("first", { text: (texts[0] ?? "").slice(0, 80) }));
  }

  progress() {
    const { batches } = this;
    if (batches === null) return;
    const [done, rows] = [batches.next, batches.texts.length];
    find("bar").max = Math.max(1, rows);
    find("bar").value = done;
    write(find("done"), word("done", { done: number(done), rows: number(rows) }));
  }

  results() {
    const { batches } = this;
    const key = batches.left > 0 ? "account_left" : "account";
    const counts = { rows: batches.texts.length, answered: batches.answered, refused: batches.refused, left: batches.left };
    const shown = Object.entries(counts).map(([name, count]) => [name, number(count)]);
    write(find("account"), word(key, Object.fromEntries(shown)));
    find("results").replaceChildren(...(batches.next > 0 ? [this.counts(), this.rows()] : []));
  }

  // How many rows got each label; a row with several labels counts for each.
  counts() {
    const { batches } = this;
    const counted = new Map(batches.model.labels.map((label) => [label, 0]));
    for (const answer of batches.answers) {
      for (const label of named(answer)) counted.set(label, (counted.get(label) ?? 0) + 1);
    }
    const found = [...counted].sort(([, one], [, other]) => other - one).filter(([, count]) => count > 0);
    const rows = found.map(([label, count]) => [
      make("span", { class: `chip ${batches.model.labels.includes(label) ? hue(batches.model, label) : ""}`, text: label }),
      number(count),
      percent(count / batches.texts.length),
    ]);
    return table(word("by_label"), [word("label"), word("rows"), word("share")], rows, { class: "counts" });
  }

  rows() {
    const { batches } = this;
    const count = Math.min(SHOWN, batches.texts.length);
    const rows = batches.texts.slice(0, count).map((text, at) => {
      const answer = batches.answers[at];
      return [number(at + 1), text, named(answer).join(", "), certainty(batches.model, answer)];
    });
    const heads = [word("number"), word("text"), word("label"), word("probability")];
    const caption = word("first_rows", { count: number(count) });
    return make("div", { class: "scroll" }, table(caption, heads, rows, { class: "rows" }));
  }

  download() {
    const { batches } = this;
    const { labels, multilabel } = batches.model;
    const heads = ["row", "text", multilabel ? "labels" : "label", ...labels, "error"];
    const rows = batches.texts.map((text, at) => [at + 1, text, ...answered(batches.answers[at], labels)]);
    const name = (this.source?.name ?? "kosent").replace(/\.[^.]*$/, "");
    save(csv(heads, rows), `${name}-${batches.model.name}.csv`);
  }
}

function columnName(rows, at, header) {
  const plain = word("column_number", { number: at + 1 });
  return header && rows[0][at] ? `${plain}: ${rows[0][at]}` : plain;
}

// Return what a row counts as: its labels, or why it has none.
function named(answer) {
  if (answer === undefined) return [word("left_label")];
  if (answer.refused) return [word("refused_label")];
  if (answer.reason) return [word("blank")];
  if (answer.labels) return answer.labels.length ? answer.labels : [word("no_label")];
  return [answer.label ?? word("unsure")];
}

function certainty(model, answer) {
  if (answer?.refused) return answer.refused;
  if (!answer?.probabilities || answer.reason) return "";
  return percent(answer.probabilities[leader(model, answer.probabilities)]);
}

// Return the cells of a row after its text: label, probabilities, error.
function answered(answer, labels) {
  const none = labels.map(() => "");
  if (answer === undefined) return ["", ...none, "not sent"];
  if (answer.refused) return ["", ...none, answer.refused];
  if (answer.reason) return ["", ...none, answer.reason];
  return [answer.labels?.join(";") ?? answer.label ?? "", ...labels.map((label) => answer.probabilities[label]), ""];
}

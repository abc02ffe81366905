// Many texts, in portions that the server takes. Every text ends answered, refused with a reason, or
// left for later; none is lost.

import { Failure, predict } from "./server.js";
import { word } from "./words.js";

const TEXTS = 100; // at once, as long as the server does not want fewer
const BYTES = 900_000; // of a request; servers take 1 MiB
const TRIES = 3; // while nobody answers, or the server is busy
const PAUSE_MS = 700;
export const REPLACED = 409; // the status of a model that became another one

const encoder = new TextEncoder();
const size = (text) => encoder.encode(JSON.stringify(text)).length + 1;

export class Batches {
  // `answers[row]` is an answer, {refused: sentence}, or undefined while it is left.
  constructor(texts, model) {
    this.texts = texts;
    this.model = model;
    this.answers = new Array(texts.length);
    this.answered = 0;
    this.refused = 0;
    this.most = TEXTS;
    this.version = null; // of the model; a file has the answers of one
  }

  get left() {
    return this.texts.length - this.answered - this.refused;
  }

  get next() {
    return this.answered + this.refused;
  }

  // Send what is left; `moved` is called after each portion.
  // Throws Failure where the server stopped answering, AbortError where somebody stopped it.
  async run(signal, moved) {
    while (this.left > 0) {
      const end = this.portion(this.next);
      await this.send(this.next, end, signal);
      moved();
    }
  }

  // Return where a portion ends that begins with a row: one text at least, however long.
  portion(start) {
    let end = start;
    let bytes = 0;
    while (end < this.texts.length && end - start < this.most) {
      bytes += size(this.texts[end]);
      if (end > start && bytes > BYTES) break;
      end += 1;
    }
    return end;
  }

  // Send rows. Of a portion that is refused each half is tried: one bad text costs no other.
  async send(start, end, signal) {
    try {
      const { predictions, version } = await this.patiently(this.texts.slice(start, end), signal);
      this.version ??= version;
      if (version !== this.version) throw new Failure(REPLACED, { message: word("replaced") });
      if (predictions?.length !== end - start) throw new Failure(502, {});
      predictions.forEach((answer, at) => {
        this.answers[start + at] = kept(answer);
      });
      this.answered += end - start;
    } catch (failure) {
      if (!refuses(failure)) throw failure;
      if (failure.detail.code === "too_many_texts") this.most = Math.max(1, Math.min(this.most, failure.detail.limit || 1));
      if (end - start === 1) return this.refuse(start, failure);
      const middle = Math.ceil((start + end) / 2);
      await this.send(start, middle, signal);
      await this.send(middle, end, signal);
    }
    return undefined;
  }

  refuse(row, failure) {
    this.answers[row] = { refused: failure.sentence };
    this.refused += 1;
  }

  // Ask again where the server is only busy or away for a moment.
  async patiently(texts, signal) {
    for (let tried = 1; ; tried += 1) {
      try {
        return await predict({ texts, model: this.model.name }, signal);
      } catch (failure) {
        if (!passes(failure) || tried === TRIES) throw failure;
        await pause(Math.max(failure.wait * 1000, PAUSE_MS * tried), signal);
      }
    }
  }
}

const refuses = ({ status }) => [400, 413, 414, 422].includes(status);
const passes = ({ status }) => [0, 429, 502, 503, 504].includes(status);

// What is needed of an answer: its text stands in the rows already.
const kept = ({ label, labels, reason, probabilities }) => ({ label, labels, reason, probabilities });

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

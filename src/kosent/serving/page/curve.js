// The movement of the probabilities as a drawing. A table beside it says the same in words.

import { hue, leader } from "./colours.js";
import { draw, make } from "./dom.js";
import { points } from "./text.js";
import { percent, word } from "./words.js";

const TOP = 20;
const HIGH = 96; // px from certainty to impossibility
const UNDER = 26; // for the words
const SIDE = 22; // half a word stands left of the first point
const LINES = 3; // of many labels those that end highest
const RANKS = ["first", "second", "third"]; // drawn through, in dashes, in dots
const LETTER = 12; // px that a Hangul syllable takes

// Return the labels that get a line. Of two the second is enough: the other mirrors it.
export function followed(model, steps) {
  if (isPair(model)) return [model.labels[1]];
  const last = steps.at(-1).probabilities;
  return [...model.labels].sort((one, other) => last[other] - last[one]).slice(0, LINES);
}

const isPair = (model) => model.labels.length === 2 && !model.multilabel;
const height = (p) => TOP + (1 - p) * HIGH;

// Return an <svg> of that many pixels.
export function curve(model, steps, width) {
  const step = steps.length > 1 ? (width - 2 * SIDE) / (steps.length - 1) : 0;
  const place = (at) => (steps.length > 1 ? SIDE + at * step : width / 2);
  const labels = followed(model, steps);
  return draw(
    "svg",
    { class: "curve", role: "img", width, height: TOP + HIGH + UNDER, "aria-label": told(labels, steps) },
    ...grid(model, width),
    ...labels.map((label, rank) => line(model, label, rank, steps, place)),
    ...names(steps, place, step || width, width),
  );
}

function told(labels, steps) {
  const moves = labels.map((label) => {
    const [from, to] = [steps[0], steps.at(-1)].map((each) => percent(each.probabilities[label]));
    return word("moved_from", { label, from, to });
  });
  return `${word("moved")}: ${moves.join("; ")}`;
}

function grid(model, width) {
  const levels = [1, 0.5, 0].map((p) => draw("line", { class: "level", x1: 0, x2: width, y1: height(p), y2: height(p) }));
  if (!isPair(model)) {
    return [...levels, draw("text", { class: "end", x: 0, y: height(1) - 8, text: "100%" })];
  }
  const ends = [draw("text", { class: "end", x: 0, y: height(1) - 8, text: `↑ ${model.labels[1]}` })];
  ends.push(draw("text", { class: "end", x: 0, y: height(0) - 4, text: `↓ ${model.labels[0]}` }));
  return [...levels, ...ends];
}

function line(model, label, rank, steps, place) {
  const spots = steps.map((each, at) => [place(at), height(each.probabilities[label])]);
  const path = spots.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const dots = spots.map(([cx, cy], at) => {
    const ahead = isPair(model) ? leader(model, steps[at].probabilities) : label;
    return draw("circle", { class: hue(model, ahead), cx, cy, r: 4 });
  });
  const colour = isPair(model) ? "plain" : `${hue(model, label)} ${RANKS[rank]}`;
  return draw("g", {}, draw("polyline", { class: colour, points: path }), ...dots);
}

// Return the names of the lines, each with a piece of it; of a pair the ends are named already.
export function key(model, steps) {
  if (isPair(model)) return [];
  return followed(model, steps).map((label, rank) => {
    const piece = draw("line", { class: `${hue(model, label)} ${RANKS[rank]}`, x1: 0, x2: 28, y1: 5, y2: 5 });
    const sample = draw("svg", { width: 28, height: 10, "aria-hidden": "true" }, piece);
    return make("li", { class: "lines" }, sample, label);
  });
}

// Names of words, as many as there is room for; the last always.
function names(steps, place, step, width) {
  const every = Math.max(1, Math.ceil(40 / step));
  const room = Math.max(2, Math.floor((every * step) / LETTER));
  const last = steps.length - 1;
  const shown = steps.map((_, at) => at).filter((at) => at === last || (at % every === 0 && last - at >= every));
  return shown.map((at) => {
    const letters = points(steps[at].text);
    const text = letters.length > room ? `${letters.slice(0, room - 1).join("")}…` : steps[at].text;
    const half = (Math.min(room, letters.length) * LETTER) / 2; // which stays inside
    const x = Math.min(Math.max(place(at), half), width - half);
    return draw("text", { class: "name", x, y: TOP + HIGH + UNDER - 8, text });
  });
}

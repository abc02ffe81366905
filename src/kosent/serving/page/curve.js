// The movement of the probabilities as a drawing. A table beside it says the same in words.

import { hue, leader } from "./colours.js";
import { draw } from "./dom.js";
import { points } from "./text.js";
import { percent, word } from "./words.js";

const TOP = 14;
const HIGH = 96; // px from certainty to impossibility
const UNDER = 26; // for the words
const SIDE = 22; // half a word stands left of the first point
const LINES = 3; // of many labels those that end highest
const LETTER = 12; // px that a Hangul syllable takes

// Return the labels that get a line. Of two the second is enough: the other mirrors it.
export function followed(model, steps) {
  if (model.labels.length === 2 && !model.multilabel) return [model.labels[1]];
  const last = steps.at(-1).probabilities;
  return [...model.labels].sort((one, other) => last[other] - last[one]).slice(0, LINES);
}

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
    ...labels.map((label) => line(model, label, steps, place)),
    ...names(steps, place, step || width),
  );
}

function told(labels, steps) {
  const moves = labels.map((label) => {
    const [from, to] = [steps[0], steps.at(-1)].map((each) => percent(each.probabilities[label]));
    return word("moved_from", { word: label, from, to });
  });
  return `${word("moved")}: ${moves.join("; ")}`;
}

function grid(model, width) {
  const levels = [1, 0.5, 0].map((p) => draw("line", { class: "level", x1: 0, x2: width, y1: height(p), y2: height(p) }));
  if (model.labels.length !== 2 || model.multilabel) {
    return [...levels, draw("text", { class: "end", x: 0, y: height(1) - 4, text: "100%" })];
  }
  const ends = [draw("text", { class: "end", x: 0, y: height(1) - 4, text: `↑ ${model.labels[1]}` })];
  ends.push(draw("text", { class: "end", x: 0, y: height(0) - 4, text: `↓ ${model.labels[0]}` }));
  return [...levels, ...ends];
}

function line(model, label, steps, place) {
  const spots = steps.map((each, at) => [place(at), height(each.probabilities[label])]);
  const path = spots.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const dots = spots.map(([cx, cy], at) => {
    const ahead = model.labels.length === 2 ? leader(model, steps[at].probabilities) : label;
    return draw("circle", { class: hue(model, ahead), cx, cy, r: 4 });
  });
  const colour = model.labels.length === 2 && !model.multilabel ? "plain" : hue(model, label);
  return draw("g", {}, draw("polyline", { class: colour, points: path }), ...dots);
}

// Names of words, as many as there is room for; the last always.
function names(steps, place, step) {
  const every = Math.max(1, Math.ceil(40 / step));
  const room = Math.max(2, Math.floor((every * step) / LETTER));
  const last = steps.length - 1;
  const shown = steps.map((_, at) => at).filter((at) => at === last || (at % every === 0 && last - at >= every));
  return shown.map((at) => {
    const letters = points(steps[at].text);
    const text = letters.length > room ? `${letters.slice(0, room - 1).join("")}…` : steps[at].text;
    return draw("text", { class: "name", x: place(at), y: TOP + HIGH + UNDER - 8, text });
  });
}

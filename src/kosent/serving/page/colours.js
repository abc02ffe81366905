// Which colour a label has, and how strongly a word is tinted. The style sheet names the colours.

import { make } from "./dom.js";
import { pieces, points } from "./text.js";

const HUES = 8;

export const hue = (model, label) => `hue-${model.labels.indexOf(label) % HUES}`;

// Return the most probable label; the first of equals, as the server has it.
export function leader(model, probabilities) {
  return model.labels.reduce((best, label) => (probabilities[label] > probabilities[best] ? label : best));
}

// Return from 0, undecided, to 1, certain.
function strength(model, p) {
  const even = model.multilabel ? 0 : 1 / model.labels.length;
  return even === 1 ? 1 : Math.max(0, (p - even) / (1 - even));
}

// Return the nodes of a text in which every word has the colour of the label that leads after it.
export function coloured(model, text, trace) {
  const nodes = [];
  let end = 0;
  for (const piece of pieces(text, trace)) {
    const label = leader(model, piece.probabilities);
    const css = { "--strength": strength(model, piece.probabilities[label]).toFixed(3) };
    nodes.push(piece.blank, make("mark", { class: hue(model, label), css, text: piece.text }));
    end = piece.end;
  }
  return [...nodes, points(text).slice(end).join("")];
}

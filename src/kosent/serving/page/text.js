// Places in a text. The server counts code points, JavaScript UTF-16 units: an emoji is one of the
// former and two of the latter, so a text is taken apart into code points before it is counted.

// What Python's str.split() splits at, which is what an eojeol is to the server.
const BLANK = /^(?!\ufeff)[\s\x1c-\x1f\x85]$/u;

export const points = (text) => Array.from(text);

// Return the eojeols of a text: [{start, end}], in code points.
export function eojeols(text) {
  const found = [];
  let start = -1;
  const letters = points(text);
  for (let at = 0; at <= letters.length; at += 1) {
    const inside = at < letters.length && !BLANK.test(letters[at]);
    if (inside && start < 0) start = at;
    if (!inside && start >= 0) {
      found.push({ start, end: at });
      start = -1;
    }
  }
  return found;
}

// Return the pieces of a traced text: [{blank, text, end, probabilities}], which join into it.
export function pieces(text, trace) {
  const letters = points(text);
  const found = [];
  let before = 0;
  for (const { end, probabilities } of trace) {
    let start = before;
    while (start < end && BLANK.test(letters[start])) start += 1;
    found.push({ blank: letters.slice(before, start).join(""), text: letters.slice(start, end).join(""), end, probabilities });
    before = end;
  }
  return found;
}

// Return how many code points two texts begin with alike.
export function alike(one, other) {
  const [left, right] = [points(one), points(other)];
  let count = 0;
  while (count < left.length && left[count] === right[count]) count += 1;
  return count;
}

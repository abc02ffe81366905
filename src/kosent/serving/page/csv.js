// The answers as a file that a spreadsheet opens and does not run.

// A cell that begins so is a formula, and a stranger's review may be one (OWASP, "CSV injection").
// As in kosent.support.spreadsheet: taking one apostrophe away gives back what there was.
const RISKY = /^'*[=+\-@＝＋－＠\t\r\n]/;
const BLOCK = 5000; // rows that become one string

export const guarded = (cell) => (RISKY.test(cell) ? `'${cell}` : cell);

function cell(value) {
  const text = guarded(String(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (cells) => `${cells.map(cell).join(",")}\r\n`;

// Return a Blob of UTF-8, with the mark by which Excel knows it.
export function csv(heads, rows) {
  const parts = ["\ufeff", line(heads)];
  for (let at = 0; at < rows.length; at += BLOCK) parts.push(rows.slice(at, at + BLOCK).map(line).join(""));
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}

// Hand a Blob to the person as a file.
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // when it is surely read
}

// Files and pasted lines become rows of cells. Nothing is guessed silently: the encoding is said.

export const LARGEST_MIB = 64;

// Names of columns that hold the text, in the corpora that people have.
const TEXT_NAMES = /^(text|document|sentence|content|comment|review|글|문장|내용|본문|댓글|리뷰)s?$/i;

// Return the text of a file's bytes and its encoding; null where it is no text.
export function decoded(bytes) {
  for (const [encoding, name] of encodings(bytes)) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes); // drops the BOM
      return text.includes("\0") ? null : { text, encoding: name };
    } catch {
      // the next one
    }
  }
  return null;
}

// UTF-8 first: CP949 is nearly never valid UTF-8. Browsers call CP949 euc-kr.
function encodings([one, two]) {
  if (one === 0xff && two === 0xfe) return [["utf-16le", "UTF-16"]];
  if (one === 0xfe && two === 0xff) return [["utf-16be", "UTF-16"]];
  return [["utf-8", "UTF-8"], ["euc-kr", "CP949"]];
}

// Return the lines of a text; the end of the last one begins none.
export function linesOf(text) {
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

// Return the rows of a file: {rows: [[cell, ...], ...], isOpen: a quotation mark was never closed}.
export function rowsOf(name, text) {
  if (/\.tsv$/i.test(name)) return { rows: linesOf(text).map((line) => line.split("\t")), isOpen: false };
  if (!/\.csv$/i.test(name)) return { rows: linesOf(text).map((line) => [line]), isOpen: false };
  const rows = comma(text);
  if (rows !== null) return { rows, isOpen: false };
  return { rows: linesOf(text).map((line) => line.split(",")), isOpen: true };
}

const MARK = /,|\r\n|\n|\r/g; // what ends a cell

// Return the rows of comma-separated cells (RFC 4180); null where a quotation mark stays open.
function comma(text) {
  const rows = [];
  let row = [];
  let at = 0;
  while (at < text.length || row.length > 0) {
    const close = text[at] === '"' ? closing(text, at + 1) : at - 1;
    if (close === text.length) return null;
    MARK.lastIndex = close + 1;
    const mark = MARK.exec(text);
    const end = mark === null ? text.length : mark.index;
    row.push(text.slice(at + 1, Math.max(at + 1, close)).replaceAll('""', '"') + text.slice(close + 1, end));
    at = end + (mark === null ? 0 : mark[0].length);
    if (mark !== null && mark[0] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

// Return where the quotation mark stands that closes a cell; two of them are one letter of it.
function closing(text, from) {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < 0 ? text.length : at;
}

// Return which column holds the text, and whether the first row names the columns.
export function guess(rows) {
  const named = rows[0].findIndex((cell) => TEXT_NAMES.test(cell.trim()));
  if (named >= 0) return { column: named, header: true };
  const sample = rows.slice(0, 50);
  const lengths = rows[0].map((_, at) => sample.reduce((sum, row) => sum + (row[at] ?? "").length, 0));
  return { column: lengths.indexOf(Math.max(...lengths)), header: false };
}

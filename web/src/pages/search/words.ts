/** A query's text taken apart as far as the page has to: into words, where a quotation is one. What it
 * means is the desk's to say. */

const WORD = /(?:[^\s"]|"[^"]*"?)+/g;

export const wordsOf = (q: string): string[] => q.match(WORD) ?? [];

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
export const hasWord = (q: string, word: string): boolean => wordsOf(q).some((w) => same(w, word));

/** With the word where it was not, without it where it was. An OR at the top is put in parentheses, so
 * that the new word narrows all of it. */
export function toggleWord(q: string, word: string): string {
  const words = wordsOf(q);
  if (words.some((w) => same(w, word))) return words.filter((w) => !same(w, word)).join(" ");
  if (words.length === 0) return word;
  return words.includes("OR") && !/^\(.*\)$/.test(q.trim()) ? `(${q.trim()}) ${word}` : `${words.join(" ")} ${word}`;
}

/** `from:` and a value that has a blank or a parenthesis goes in quotation marks. */
export const term = (name: string, value: string): string =>
  /[\s()"]/.test(value) ? `${name}:"${value.replaceAll('"', "")}"` : `${name}:${value}`;

/** The word that the caret stands in or behind: where it begins, and what of it stands before the caret. */
export function wordAt(q: string, caret: number): { start: number; text: string } {
  for (const m of q.matchAll(WORD)) {
    const start = m.index;
    if (start <= caret && caret <= start + m[0].length) return { start, text: q.slice(start, caret) };
  }
  return { start: caret, text: "" };
}

/** Puts `by` in place of the word at the caret: the text and where the caret then stands. */
export function replaceAt(q: string, caret: number, by: string): { text: string; caret: number } {
  const { start } = wordAt(q, caret);
  const rest = q.slice(caret).replace(/^[^\s]*/, "");
  const text = q.slice(0, start) + by + rest;
  return { text, caret: start + by.length };
}

/** Places that the desk names in bytes of UTF-8, as places in the text: first and length. */
export function charsOf(text: string, offset: number, length: number): { start: number; end: number } {
  const bytes = new TextEncoder().encode(text);
  const decode = (to: number) => new TextDecoder().decode(bytes.subarray(0, to)).length;
  return { start: decode(offset), end: decode(offset + length) };
}

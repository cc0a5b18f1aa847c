/** A text with the words marked for which a rule found it: without case and accents, as rules compare. */
import { useMemo } from "preact/hooks";

export interface Piece {
  text: string;
  marked: boolean;
}

/** What rules compare, and for each letter of it the place in the text where it came from. */
function folded(text: string): { letters: string; places: number[] } {
  const places: number[] = [];
  let letters = "";
  let at = 0;
  for (const c of text) {
    for (const plain of c.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()) {
      letters += plain;
      for (let i = 0; i < plain.length; i++) places.push(at);
    }
    at += c.length;
  }
  places.push(text.length);
  return { letters, places };
}

const isWord = (c: string | undefined) => c !== undefined && /[\p{L}\p{N}]/u.test(c);

/** A letter that continues a word, but where a script writes without blanks. */
const goesOn = (c: string | undefined) => isWord(c) && !/[\p{Script=Han}\p{Script=Thai}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(c ?? "");

export function foundPieces(text: string, words: readonly string[]): Piece[] {
  const { letters, places } = folded(text);
  const marked = new Array<boolean>(text.length).fill(false);
  for (const part of words.flatMap((w) => w.split("…"))) {
    const wanted = folded(part.trim()).letters;
    if (wanted === "") continue;
    for (let at = letters.indexOf(wanted); at >= 0; at = letters.indexOf(wanted, at + 1)) {
      if (goesOn(letters[at - 1]) || goesOn(letters[at + wanted.length])) continue;
      marked.fill(true, places[at], places[at + wanted.length]);
    }
  }
  const pieces: Piece[] = [];
  for (let i = 0, from = 0; i < text.length; i++)
    if (i + 1 === text.length || marked[i + 1] !== marked[i]) {
      pieces.push({ text: text.slice(from, i + 1), marked: marked[i] === true });
      from = i + 1;
    }
  return pieces;
}

export function FoundWords({ text, words }: { text: string; words: readonly string[] }) {
  const pieces = useMemo(() => foundPieces(text, words), [text, words.join("\n")]);
  return <>{pieces.map((p, i) => (p.marked ? <mark key={i}>{p.text}</mark> : <span key={i}>{p.text}</span>))}</>;
}

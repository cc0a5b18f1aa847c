/** Words in their context, those of the query marked. The desk names the places in bytes of UTF-8. */
import { useMemo } from "preact/hooks";

interface Piece {
  text: string;
  marked: boolean;
}

export function piecesOf(text: string, marks: readonly (readonly number[])[]): Piece[] {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  const pieces: Piece[] = [];
  let at = 0;
  const take = (to: number, marked: boolean) => {
    if (to > at) pieces.push({ text: decoder.decode(bytes.subarray(at, to)), marked });
    at = Math.max(at, to);
  };
  for (const [start = 0, length = 0] of marks) {
    take(start, false);
    take(start + length, true);
  }
  take(bytes.length, false);
  return pieces;
}

export function Snippet({ text, marks }: { text: string; marks: readonly (readonly number[])[] }) {
  const pieces = useMemo(() => piecesOf(text, marks), [text, marks]);
  return (
    <span class="snippet" dir="auto">
      {pieces.map((p, i) => (p.marked ? <mark key={i}>{p.text}</mark> : <span key={i}>{p.text}</span>))}
    </span>
  );
}

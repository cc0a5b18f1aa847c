/** The words of a message, where it stands among others; of one without words, what it is. */
import type { Content } from "../api/schema.ts";

export function saidOf(m: { content: Content; kind: string }): string {
  const c = m.content;
  const words = c.text !== "" ? c.text : (c.question ?? c.name ?? c.reactions?.join(" ") ?? "");
  return words === "" ? `(${m.kind})` : words;
}

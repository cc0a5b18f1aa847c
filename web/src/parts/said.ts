/** The words of a message, without what stands in it for programs. */
const PROGRAMS = /^ironside:/;

export function saidOf(m: { body: string; kind: string }): string {
  const words = m.body.split("\n").filter((line) => !PROGRAMS.test(line)).join("\n").trim();
  return words === "" ? `(${m.kind})` : words;
}

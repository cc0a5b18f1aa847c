/** Those that begin so before those that have it within. */
export function matching<T extends { text: string }>(all: readonly T[], text: string): T[] {
  const wanted = text.toLowerCase();
  const at = (c: T) => ` ${c.text.toLowerCase()}`.indexOf(` ${wanted}`);
  const has = all.filter((c) => c.text.toLowerCase().includes(wanted));
  return [...has.filter((c) => at(c) >= 0), ...has.filter((c) => at(c) < 0)];
}

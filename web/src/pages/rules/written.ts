/** A rule as a form has it, and as the desk takes it: JSON (docs/desk.md, "Threats"). */
export interface Written {
  name: string;
  kind: "found" | "silence";
  words: string;
  query: string;
  weight: string;
  days: string;
  wrote: string;
  minutes: string;
}

export const blank: Written = { name: "", kind: "found", words: "", query: "", weight: "", days: "3", wrote: "10", minutes: "" };

const wholeOf = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : undefined);

/** Its JSON, or what is wrong with it and in which part of the form. */
export function ruleOf(w: Written): { rule: string } | { wrong: string; at: keyof Written } {
  if (w.name.trim() === "") return { wrong: "Give it a name: it stands with each threat that it finds.", at: "name" };
  const made: Record<string, unknown> = { name: w.name.trim() };
  for (const part of ["weight", "minutes"] as const) {
    if (w[part].trim() === "" || (part === "weight" && w.kind === "silence")) continue;
    const whole = wholeOf(w[part]);
    if (whole === undefined) return { wrong: "A whole number, such as 10.", at: part };
    made[part] = whole;
  }
  if (w.kind === "silence") {
    const [days, wrote] = [wholeOf(w.days), wholeOf(w.wrote)];
    if (days === undefined) return { wrong: "A whole number of days.", at: "days" };
    if (wrote === undefined) return { wrong: "A whole number of days, of 14.", at: "wrote" };
    return { rule: JSON.stringify({ ...made, silence: { days, wrote } }) };
  }
  if (w.words.trim() === "" && w.query.trim() === "") return { wrong: "Words, a query, or both.", at: "words" };
  if (w.words.trim() !== "") made["words"] = `${w.words.trim()}\n`;
  if (w.query.trim() !== "") made["query"] = w.query.trim();
  return { rule: JSON.stringify(made) };
}

interface Parsed {
  words?: string;
  query?: string;
  weight?: number;
  minutes?: number;
  silence?: { days?: number; wrote?: number };
}

/** What a rule of the desk says, in a line or two. */
export function sayingOf(rule: string): string {
  const r = JSON.parse(rule) as Parsed;
  const rows = (r.words ?? "").split("\n").filter((l) => l.trim() !== "" && !l.startsWith("#"));
  const languages = new Set(rows.map((l) => l.split(",")[0] ?? "").filter((l) => l !== "*"));
  const parts = [
    rows.length > 0 ? `${rows.length} rows of words${languages.size > 0 ? ` in ${languages.size === 1 ? [...languages][0] : `${languages.size} languages`}` : ""}, from a weight of ${r.weight ?? 10}` : "",
    r.query !== undefined && r.query !== "" ? `query ${r.query}` : "",
    r.silence !== undefined ? `who wrote on ${r.silence.wrote} of 14 days and then on none of ${r.silence.days}` : "",
  ].filter((p) => p !== "");
  return parts.join("; and ");
}

/** The rows of its words, for whoever wants to read them. */
export const rowsOf = (rule: string): string => (JSON.parse(rule) as Parsed).words ?? "";
export const minutesOf = (rule: string): number | undefined => (JSON.parse(rule) as Parsed).minutes;

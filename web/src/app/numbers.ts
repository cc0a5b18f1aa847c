/** Numbers and names of things, as they are written everywhere. */
const whole = new Intl.NumberFormat("en-GB");
export const numberOf = (n: number) => whole.format(n);

/** A ledger's amount, a decimal of any length: "40,000.50". */
export function amountOf(text: string): string {
  const [before = "", after] = text.split(".");
  const grouped = before.replace(/\B(?=(\d{3})+$)/g, ",");
  return after === undefined ? grouped : `${grouped}.${after}`;
}

/** "1 message", "3 messages" */
export const countOf = (n: number, one: string, several: string = `${one}s`) => `${numberOf(n)} ${n === 1 ? one : several}`;

const regions = new Intl.DisplayNames("en", { type: "region" });
const languages = new Intl.DisplayNames("en", { type: "language" });

function named(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
export const countryOf = (code: string) => (code === "" || code === "unknown" ? "Unknown" : named(regions, code.toUpperCase()));
export const languageOf = (code: string) => (code === "" || code === "unknown" ? "Unknown" : named(languages, code));

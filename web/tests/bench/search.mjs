// From the key that asks to the first hits on the screen.
import { painted, printSpread, watch } from "./measure.mjs";

/** As bench/desk_queries.c has them: common words, exclusions, phrases, prefixes, filters and times. */
const QUERIES = [
  "the", "of", "the of", "the of to is and", "the OR of", "now", "the -of", "of -the", "-the", "meet call", "who knows",
  '"of the"', '"is the a"', '"to be in the"', "th*", "ca* the", "the -an*", '"the me*"', "from:p7919 the", "from:p11 the", "from:p11",
  "to:p11 the", 'with:p11 "of the"', "country:aa the", "has:file the", "from:p11 country:bb the", "before:2023-06-01 the",
  "on:2024-05 the", "on:2024-05-12 meet", "after:2025-12 who", "from:p0 to:p1", "kind:text now", "unseen:me get", "p11 OR p12",
];
const READY = `document.querySelector(".search-hits")?.getAttribute("aria-busy") === "false" && document.querySelector(".hit, .search-hits .state") !== null && new URL(location.href).searchParams.get("q") === globalThis.asked`;

export async function searched(page, url) {
  await page.goto(new URL("/search?q=get", url).href);
  await page.locator(".hit").first().waitFor();
  const box = page.getByRole("combobox", { name: "Search all messages" });
  const taken = [];
  for (const q of QUERIES) {
    await box.fill(q);
    await page.waitForTimeout(400); // what is offered while one writes is there
    await page.evaluate((asked) => (globalThis.asked = asked), q);
    await watch(page, "keydown", READY);
    await box.press("Enter");
    taken.push(await painted(page));
  }
  printSpread("first hits painted after the key", taken, "150 ms at p95");
}

// What the parts share: a step says what it shows, and is named when it fails.
import { faultsOf, sayWhy, signIn, withBrowser } from "../browser.mjs";

export async function step(what, work) {
  try {
    const made = await work();
    console.log(`      ${what}`);
    return made;
  } catch (e) {
    throw new Error(`${what}: ${e instanceof Error ? e.message : e}`);
  }
}

export function must(good, what) {
  if (!good) throw new Error(what);
}

/** Somebody at the page, with a purpose said; nothing in the console may be wrong at the end. */
export async function as(settings, user, work) {
  await withBrowser(async (context) => {
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(30000);
    const faults = faultsOf(page);
    await signIn(page, settings.url, user, settings.passwords[user]);
    if (await page.locator(".top-purpose").isVisible()) await sayWhy(page, "a test: who has the papers");
    await work(page, context);
    must(faults.length === 0, `the console says: ${faults.join("; ")}`);
  });
}

export async function search(page, q) {
  await page.goto(new URL(`/search?q=${encodeURIComponent(q)}`, page.url()).href);
  await page.locator(".search-hits[aria-busy=false] .hit").first().waitFor();
}

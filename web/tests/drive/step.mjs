// What the parts share: a step says what it shows, and is named when it fails.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { faultsOf, sayWhy, signIn, withBrowser } from "../browser.mjs";

/** One line: playwright's errors have many, with what was waited for in them. */
const inOneLine = (e) => (e instanceof Error ? e.message : String(e)).replace(/\x1b\[\d+m/g, "").split("\n").map((l) => l.trim()).filter((l) => l !== "").join(" / ");

/** Runs the parts whose name has the word, each in browsers of its own, until one fails. Why it failed is
 * printed last, and lies in the scene's drive.error for whoever started this. */
export async function drive(parts, settings, word = "") {
  const chosen = Object.entries(parts).filter(([n]) => n.includes(word));
  if (chosen.length === 0) throw new Error(`no part has '${word}' in its name: ${Object.keys(parts).join(", ")}`);
  for (const [name, part] of chosen) {
    console.log(`   ${name}`);
    try {
      await part(settings);
    } catch (e) {
      const why = `${name}: ${inOneLine(e)}`;
      writeFileSync(join(settings.scene, "drive.error"), `${why}\n`);
      console.log(`FAILED: ${why}`);
      process.exitCode = 1;
      return;
    }
  }
}

/** What the browser showed when it failed; kept where IRONSIDE_KEEP keeps the scene. */
async function pictured(context, settings, user) {
  const paths = context.pages().map((_, i) => join(settings.scene, `failed-${user}${i === 0 ? "" : `-${i}`}.png`));
  await Promise.all(context.pages().map((p, i) => p.screenshot({ path: paths[i], timeout: 10000 }).catch(() => undefined)));
  if (process.env.IRONSIDE_KEEP !== undefined) console.log(`      ${user} saw: ${paths.join(", ")}`);
}

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
    const faults = faultsOf(page);
    await signIn(page, settings.url, user, settings.passwords[user]);
    if (await page.locator(".top-purpose").isVisible()) await sayWhy(page, "a test: who has the papers");
    try {
      await work(page, context);
    } catch (e) {
      await pictured(context, settings, user);
      throw e;
    }
    must(faults.length === 0, `the console says: ${faults.join("; ")}`);
  });
}

export async function search(page, q) {
  await page.goto(new URL(`/search?q=${encodeURIComponent(q)}`, page.url()).href);
  await page.locator(".search-hits[aria-busy=false] .hit").first().waitFor();
}

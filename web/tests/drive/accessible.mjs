// axe on each page in both themes, wide and narrow and at 200 %: no violation, nothing cut off.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fillIn } from "../fill.mjs";
import { opened, pages } from "../pages.mjs";
import { withBrowser } from "../browser.mjs";
import { as, must, step } from "./step.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FOLLOWS_MS = 5000;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Not as a script of the page, which its policy would not let run. */
export async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), TAGS);
  return found.map((v) => `${v.id} (${v.help}) at ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(", ")}`);
}

/** Charts follow the window a little later than it changes. */
async function tooWide(page) {
  const fits = page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, undefined, { timeout: FOLLOWS_MS });
  if (await fits.then(() => true, () => false)) return 0;
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** What is wrong with a page, a line each. */
async function check(page, settings, row) {
  const { name, address, fills } = row;
  const wrong = [];
  await page.goto(new URL(await fillIn(page, address), settings.url).href);
  await opened(page, row);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForTimeout(200);
    const found = await violations(page);
    wrong.push(...found.map((f) => `${name}, ${colorScheme}: ${f}`));
  }
  const longer = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  if (fills === true && longer > 0) wrong.push(`${name} is ${longer} px longer than the window`);
  for (const viewport of [{ width: 390, height: 844 }, { width: 720, height: 450 }]) {
    await page.setViewportSize(viewport);
    const over = await tooWide(page);
    if (over > 0) wrong.push(`${name} is ${over} px too wide at ${viewport.width}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  return wrong;
}

async function checkAll(page, settings, list) {
  const wrong = [];
  for (const p of list) wrong.push(...(await step(p.name, () => check(page, settings, p))));
  must(wrong.length === 0, wrong.join("\n"));
}

/** Of what was worked alone, where `settings.worked` says so; else of settings.page alone, where it is given, or of all. */
export async function accessible(settings) {
  const meant = (p) => p.worked === settings.worked && (settings.page === undefined || p.name === settings.page);
  const of = (user) => pages.filter((p) => p.user === user && meant(p));
  if (of(undefined).length > 0) await withBrowser((context) => checkAll(context.pages()[0], settings, of(undefined)));
  for (const user of new Set(pages.map((p) => p.user)))
    if (user !== undefined && of(user).length > 0 && settings.passwords[user] !== undefined) await as(settings, user, (page) => checkAll(page, settings, of(user)));
}

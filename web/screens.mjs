// Pictures of every page, light and dark, wide and narrow: web/screens URL FOLDER USER=PASSWORD…
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { faultsOf, sayWhy, signIn, withBrowser } from "./tests/browser.mjs";
import { fillIn } from "./tests/fill.mjs";
import { pages } from "./tests/pages.mjs";

const [url, folder, ...people] = process.argv.slice(2);
const passwords = Object.fromEntries(people.map((p) => p.split("=")));
const only = process.env.ONLY;
const shapes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
mkdirSync(folder, { recursive: true });

async function picturesOf(page, { name, address, ready }) {
  await page.goto(new URL(await fillIn(page, address), url).href);
  await page.locator(ready).first().waitFor({ timeout: 20000 });
  // What came in meanwhile is said on every page: once is enough.
  for (const b of await page.getByRole("button", { name: "Dismiss" }).all()) await b.click();
  for (const [shape, viewport] of Object.entries(shapes))
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${shape}.png`) });
    }
  await page.setViewportSize(shapes.wide);
}

async function picturesFor(user) {
  await withBrowser(async (context) => {
    const page = await context.newPage();
    const faults = faultsOf(page);
    await signIn(page, url, user, passwords[user]);
    if (await page.locator(".top-purpose").isVisible()) await sayWhy(page, "harbour: who threatens whom");
    for (const p of pages.filter((p) => p.user === user && (only === undefined || p.name.match(only)))) await picturesOf(page, p);
    for (const f of faults) console.error(`screens: ${f}`);
  });
}

async function signInPictures() {
  await withBrowser(async (context) => {
    const page = await context.newPage();
    for (const p of pages.filter((p) => p.user === undefined && (only === undefined || p.name.match(only)))) await picturesOf(page, p);
  });
}

await signInPictures();
for (const user of [...new Set(pages.map((p) => p.user))])
  if (user !== undefined && passwords[user] !== undefined) await picturesFor(user);

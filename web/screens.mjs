// Pictures of every page, light and dark, wide and narrow: screens.mjs URL FOLDER < LINES, each a user and a password
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { faultsOf, sayWhy, signIn, withBrowser } from "./tests/browser.mjs";
import { fillIn } from "./tests/fill.mjs";
import { opened, pages } from "./tests/pages.mjs";
import { reviewed, supervised } from "./tests/worked.mjs";

const [url, folder] = process.argv.slice(2);
const passwords = Object.fromEntries(readFileSync(0, "utf8").trim().split("\n").map((line) => line.split(" ")));
const only = process.env.ONLY;
const shapes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
mkdirSync(folder, { recursive: true });

async function picturesOf(page, row) {
  const { name, address } = row;
  await page.goto(new URL(await fillIn(page, address), url).href);
  await opened(page, row);
  // What came in meanwhile is said on every page: once is enough.
  if ((await page.locator("dialog[open]").count()) === 0) for (const b of await page.getByRole("button", { name: "Dismiss" }).all()) await b.click();
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

/** What reviewers and a supervisor do before the first picture. */
async function work(user, does) {
  await withBrowser(async (context) => {
    const page = await context.newPage();
    await signIn(page, url, user, passwords[user]);
    await does(page);
  });
}

async function signInPictures() {
  await withBrowser(async (context) => {
    const page = await context.newPage();
    for (const p of pages.filter((p) => p.user === undefined && (only === undefined || p.name.match(only)))) await picturesOf(page, p);
  });
}

await work("reviewer", reviewed);
await work("sara", supervised);
await signInPictures();
for (const user of [...new Set(pages.map((p) => p.user))])
  if (user !== undefined && passwords[user] !== undefined) await picturesFor(user);

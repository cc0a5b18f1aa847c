// Debian's Chromium, by playwright-core: a fresh profile each time, nothing that it does by itself.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long something may take that has to happen: it is a loaded machine that decides. */
export const PATIENCE_MS = 120000;

/** Runs `work` with a browser; its profile is gone afterwards, whatever happens. */
export async function withBrowser(work, options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "ironside-chromium."));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: FLAGS,
    viewport: { width: 1440, height: 900 },
    timeout: PATIENCE_MS,
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  try {
    return await work(context);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

export async function signIn(page, url, name, password) {
  await page.goto(url);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
}

/** Answers the question why one looks, which the page asks by itself. */
export async function answerWhy(page, text) {
  const box = page.getByLabel("Purpose");
  await box.fill(text);
  await page.getByRole("button", { name: "Go on" }).click();
  await box.waitFor({ state: "detached" });
}

/** The same before anything asks, by the bar. */
export async function sayWhy(page, text) {
  await page.locator(".top-purpose").click();
  await answerWhy(page, text);
}

/** Events come from here on: what arrives is told. */
export const isLive = (page) => page.locator(".top[data-line=open]").waitFor();

/** What the page's console says is wrong: a policy that was broken, a script that failed. */
export function faultsOf(page) {
  const faults = [];
  page.on("pageerror", (e) => faults.push(String(e)));
  page.on("console", (m) => {
    const known = /status of (400|401|403|404|409|429|503)|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_FAILED/;
    if (m.type() === "error" && !known.test(m.text())) faults.push(m.text());
  });
  return faults;
}

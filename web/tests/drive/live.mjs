// What comes while the page is open, and a front that is killed under it.
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { isLive } from "../browser.mjs";
import { as, must, search, step } from "./step.mjs";

const run = promisify(execFile);

/** Also while the page is driven: a device sends. */
const send = ({ ironside, scene }, text) =>
  run(ironside, ["device", "send", "--store", `${scene}/anna`, "--to", "bert@chat.example", text]);

function killFront({ desk }) {
  const pid = execFileSync("pgrep", ["-f", "--", `ironside-desk --role front ${desk}`], { encoding: "utf8" }).trim();
  must(/^\d+$/.test(pid), `not one front: '${pid}'`);
  process.kill(Number(pid), "SIGKILL");
}

export async function live(settings) {
  await as(settings, "reviewer", async (page) => {
    await step("the overview counts what comes", async () => {
      await isLive(page);
      const figure = page.locator(".figure", { hasText: "Messages today" }).locator(".figure-value");
      const before = await figure.innerText();
      await send(settings, "one more while the page is open");
      await figure.filter({ hasNotText: before }).waitFor();
    });
    await step("a conversation that is open grows by itself", async () => {
      await page.goto(new URL("/conversations", settings.url).href);
      await page.locator(".list-row").first().click();
      await page.locator(".line").first().waitFor();
      await isLive(page);
      await send(settings, "a line that comes while one reads");
      await page.locator(".line", { hasText: "while one reads" }).last().waitFor();
    });
    await step("the front is killed: the page says so, and comes back by itself", async () => {
      // It is begun anew within a moment, in which the page may not have asked it anything.
      await page.route("**/api/session", (r) => r.abort());
      killFront(settings);
      await page.getByText("Reconnecting…").waitFor();
      await page.unroute("**/api/session");
      await page.getByText("Reconnecting…").waitFor({ state: "detached" });
      await isLive(page);
      await send(settings, "the first after the front came back");
      await page.locator(".line", { hasText: "after the front came back" }).last().waitFor();
      await search(page, "papers");
      must((await page.locator(".hit").count()) === 5, "it does not find what it found");
    });
  });
}

// The access log: read from both ends, filtered, verified in the page, also against what was kept.
import { readFileSync } from "node:fs";
import { as, must, step } from "../drive/step.mjs";

const result = (page) => page.locator(".audit-verify");

async function verify(page) {
  await page.getByRole("button", { name: "Verify all of it" }).click();
  await result(page).locator(".chip-good, .chip-danger").waitFor();
  return result(page).innerText();
}

async function kept(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Keep this checkpoint" }).click()]);
  return readFileSync(await download.path(), "utf8");
}

export async function audited(settings) {
  await as(settings, "auditor", async (page) => {
    await page.goto(new URL("/audit", settings.url).href);
    await page.locator(".audit-pages").waitFor();
    await step("it is filtered by user and action, and read from its first entry on", async () => {
      await page.getByLabel("User").fill("reviewer");
      await page.getByRole("button", { name: "Show" }).click();
      await page.getByLabel("Action").selectOption("mark");
      await page.locator("tbody tr", { hasText: /threat \d+ is decided: threat/ }).waitFor();
      await page.goto(new URL("/audit?order=oldest", settings.url).href);
      await page.locator("tbody tr").first().locator("td").first().filter({ hasText: /^0$/ }).waitFor();
    });
    await step("every entry is verified here, and a checkpoint is kept", async () => {
      const text = await verify(page);
      must(/All \d+ entries are those that the desk signed/.test(text), text);
    });
    await step("… and holds against what was kept; not against another's", async () => {
      const note = await kept(page);
      await page.getByText("Compare with a checkpoint from before").click();
      await page.getByLabel("The kept checkpoint").fill(note);
      must(/the first \d+ are those of the kept checkpoint/.test(await verify(page)), "it does not compare");
      await page.getByLabel("The kept checkpoint").fill(note.replace(/\n\d+\n/, "\n1\n"));
      must(/none that this desk's key signed/.test(await verify(page)), "a checkpoint that nobody signed counts");
    });
    await step("no message is for an auditor", async () => {
      await page.goto(new URL("/search?q=papers", settings.url).href);
      await page.getByText("Not for your role").waitFor();
    });
  });
}

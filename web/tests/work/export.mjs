// An export: refused to a reviewer, whole for a supervisor, and in the access log before the file.
import { readFileSync } from "node:fs";
import { as, must, search, step } from "../drive/step.mjs";

export async function exported(settings) {
  await as(settings, "reviewer", async (page) => {
    await step("by keyboard all that was found is marked as privileged, once one has said why", async () => {
      await search(page, "papers");
      await page.keyboard.press("A");
      await page.keyboard.press("p");
      await page.getByRole("dialog", { name: "Mark all 3 messages as privileged" }).waitFor();
      await page.keyboard.press("Escape");
      must((await page.getByRole("dialog").count()) === 0, "it asks yet");
    });
    await step("… and exported: a reviewer is told that this is for supervisors", async () => {
      await page.keyboard.press("e");
      await page.getByText("Not for your role").waitFor();
      const status = await page.evaluate(async () => {
        const { csrf } = await (await fetch("/api/session")).json();
        const headers = { "X-Ironside-CSRF": csrf, "X-Ironside-Purpose": "a test", "Content-Type": "application/json" };
        return (await fetch("/api/exports", { method: "POST", headers, body: '{"format":"csv","selection":"query","value":"papers"}' })).status;
      });
      must(status === 403, `the desk answers with ${status}`);
    });
  });
  await as(settings, "sara", async (page) => {
    await step("what is to be exported, and as what, stands in the address", async () => {
      await page.goto(new URL("/exports?q=papers", settings.url).href);
      await page.getByLabel("What a query finds").last().fill("papers has:photo");
      await page.getByLabel("A table").check();
      await page.waitForURL(/q=papers\+has%3Aphoto.*format=csv/);
      await page.reload();
      must(await page.getByLabel("A table").isChecked(), "after a reload it would be another form");
    });
    await step("a supervisor counts first, then fetches all of it", async () => {
      await page.goto(new URL("/exports?q=papers", settings.url).href);
      await page.getByRole("button", { name: "Count and freeze them" }).click();
      await page.getByText("3 messages", { exact: true }).first().waitFor();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Fetch the file" }).first().click()]);
      const lines = readFileSync(await download.path(), "utf8").trim().split("\n").map((l) => JSON.parse(l));
      must(lines.filter((l) => JSON.stringify(l).includes("the papers are under the pier")).length === 3, `the file has ${lines.length} lines`);
      await page.getByText("All 3 messages are in the file.").waitFor();
    });
  });
}

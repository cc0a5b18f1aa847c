// What is marked as privileged vanishes for who marked it and for everyone, until the filter role releases it.
import { accessible } from "../drive/accessible.mjs";
import { as, must, step } from "../drive/step.mjs";

const WORDS = "my lawyer says we say nothing";
const address = (settings, path) => new URL(path, settings.url).href;

async function found(page, settings) {
  await page.goto(address(settings, `/search?q=${encodeURIComponent(`"${WORDS}"`)}`));
  await page.locator(".hit, .state").first().waitFor();
  return page.locator(".hit").count();
}

export async function privileged(settings) {
  await as(settings, "reviewer", async (page) => {
    await step("a conversation is marked with a reason, and is out of sight at once", async () => {
      must((await found(page, settings)) === 1, "it is not there at first");
      await page.goto(address(settings, "/people/carl%40chat.example"));
      await page.getByRole("button", { name: "Privileged…" }).click();
      await page.getByLabel("Reason").fill("carl's lawyer");
      await page.getByRole("button", { name: "Mark", exact: true }).click();
      await page.getByText(/went to the filter/).waitFor();
      must((await found(page, settings)) === 0, "it is found yet");
    });
  });
  await as(settings, "vera", (page) => step("… of others, too", async () => must((await found(page, settings)) === 0, "it is found by another")));
  await step("what the filter sees then is accessible", () => accessible({ ...settings, page: "privilege" }));
  await as(settings, "filter", async (page) => {
    await step("the filter sees it, and who marked it why", async () => {
      await page.goto(address(settings, "/privilege"));
      await page.locator(".threat .message-line", { hasText: WORDS }).waitFor();
      await page.locator(".facts", { hasText: "carl's lawyer" }).waitFor();
      await page.locator(".facts", { hasText: "reviewer" }).waitFor();
    });
    await step("nothing else", async () => {
      await page.goto(address(settings, "/search?q=papers"));
      await page.locator(".state").first().waitFor();
      must((await page.locator(".hit").count()) === 0, "it sees what is not privileged");
    });
    await step("and releases it by keyboard, with a reason", async () => {
      await page.goto(address(settings, "/privilege"));
      await page.locator(".threat .message-line").first().waitFor();
      await page.keyboard.press("r");
      await page.getByLabel("Reason").fill("no advice in it");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByText("Nothing waits").waitFor();
    });
  });
  await as(settings, "reviewer", (page) => step("it is back", async () => must((await found(page, settings)) === 1, "it is not back")));
}

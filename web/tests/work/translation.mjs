// A message in another language is read beside its translation, which a program of the desk's makes when one asks.
import { accessible } from "../drive/accessible.mjs";
import { as, must, search, step } from "../drive/step.mjs";

export async function translated(settings) {
  await as(settings, "reviewer", async (page) => {
    await search(page, "lang:es");
    await page.locator(".hit-link").first().click();
    await step("a program's words stand beside the original, and are said to be a machine's", async () => {
      await page.getByRole("button", { name: "Translate into en" }).click();
      const made = page.locator(".line-translation");
      await made.getByText("EL DINERO").waitFor();
      await made.getByText(/A machine’s translation, from es into en/).waitFor();
      must(await page.locator(".line-active .line-main > .line-text", { hasText: "el dinero" }).isVisible(), "the original is gone");
    });
    await step("it stands there again when the message is opened later", async () => {
      await search(page, "lang:es");
      await page.locator(".hit-link").first().click();
      await page.locator(".line-translation").getByText("EL DINERO").waitFor();
      must((await page.getByRole("button", { name: /^Translate/ }).count()) === 0, "it is offered again");
    });
    await step("what is in the desk's own language is not offered to be", async () => {
      await search(page, "papers");
      await page.locator(".hit-link").first().click();
      await page.locator(".line-active").waitFor();
      must((await page.getByRole("button", { name: /^Translate/ }).count()) === 0, "English is offered to be translated");
    });
  });
  await step("… and is accessible", () => accessible({ ...settings, worked: "translation" }));
}

// A conversation's most telling lines: asked for, each at its place, and how they were chosen.
import { violations } from "./accessible.mjs";
import { as, must, search, step } from "./step.mjs";

export async function told(settings) {
  await as(settings, "reviewer", async (page) => {
    await search(page, '"number 3"');
    await page.locator(".hit").first().getByRole("link").click();
    await page.getByRole("link", { name: "Whole page" }).click();
    await page.locator(".line").first().waitFor();
    const button = page.getByRole("button", { name: "Most telling lines" });
    const panel = page.getByRole("region", { name: "Most telling lines" });
    await step("nothing is asked before one asks for them", async () => {
      must((await panel.count()) === 0, "they are shown by themselves");
    });
    await step("they come by keyboard, and say how they were chosen", async () => {
      await button.focus();
      await page.keyboard.press("Enter");
      await panel.getByText(/Chosen by LexRank.* over \d+ messages, of which \d+ have words/).waitFor();
      const lines = await panel.getByRole("listitem").allInnerTexts();
      must(lines.length === 5, `${lines.length} lines`);
      must(lines.filter((l) => l.includes("evening ferry")).length <= 1, "what was said twice fills the list");
    });
    await step("axe finds nothing", async () => {
      const found = await violations(page);
      must(found.length === 0, found.join("; "));
    });
    await step("each leads to its message", async () => {
      const link = panel.getByRole("link", { name: /number|ferry|papers/ }).first();
      const text = await link.innerText();
      await link.click();
      await page.locator(".line-active", { hasText: text }).waitFor();
      must(/message=\d+/.test(page.url()), "the address does not say which");
    });
    await step("and they go", async () => {
      await button.click();
      await panel.waitFor({ state: "detached" });
    });
  });
}

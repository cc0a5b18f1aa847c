// What a conversation shows, and that times have their zone.
import { as, must, search, step } from "./step.mjs";

export async function shown(settings) {
  await as(settings, "reviewer", async (page) => {
    await page.goto(new URL("/conversations", settings.url).href);
    await page.locator(".list-row").first().click();
    await page.locator(".line").first().waitFor();
    const line = (text) => page.locator(".line", { hasText: text });
    await step("a correction stands in the message's place, with every version", async () => {
      await line("meet me at the pier").getByRole("button", { name: "corrected once" }).click();
      await line("meet me at the pier").getByText("meet me at the peir").waitFor();
    });
    await step("what was taken back is hidden until one asks", async () => {
      must((await page.getByText("forget this one").count()) === 0, "it is shown");
      await page.getByRole("button", { name: "Show what it said" }).click();
      await page.getByText("forget this one").waitFor();
    });
    await step("a reaction and an answer stand with what they are about", async () => {
      await line("who has the key").getByText("👍").waitFor();
      await line("pay me first").locator("blockquote", { hasText: "who has the key" }).waitFor();
    });
    await step("a text from right to left runs so", async () => {
      const direction = await line("القارب").locator(".line-text").evaluate((e) => getComputedStyle(e).direction);
      must(direction === "rtl", `it runs ${direction}`);
    });
    await step("days and times name the zone, and it can be changed", async () => {
      await page.locator(".thread-day", { hasText: "UTC" }).first().waitFor();
      await page.getByRole("button", { name: /Change the zone/ }).click();
      await page.getByRole("menuitemradio", { name: /Mine/ }).click();
      await page.getByLabel("Zone", { exact: true }).fill("Asia/Tehran");
      await page.getByRole("button", { name: "Show times in it" }).click();
      await page.locator(".thread-day", { hasText: "Asia/Tehran" }).first().waitFor();
    });
    await step("what is chosen and the zone stand in the address: a reload keeps them, a colleague sees the same", async () => {
      await search(page, "papers");
      await page.locator(".hit-choose").first().check();
      await page.waitForURL(/chosen=\d/);
      const address = page.url();
      must(address.includes("zone=Asia%2FTehran"), `the address is ${address}`);
      const same = async (p) => {
        await p.locator(".hit-choose:checked").waitFor();
        await p.getByRole("button", { name: /Times are in Asia\/Tehran/ }).waitFor();
      };
      await page.reload();
      await same(page);
      await as(settings, "vera", async (other) => {
        await other.goto(address);
        await same(other);
        await other.getByRole("button", { name: /Change the zone/ }).click();
        await other.getByRole("menuitemradio", { name: /^UTC/ }).click();
        await other.waitForURL(/zone=UTC/);
      });
    });
  });
}

// A community becomes an organisation, and what its people write is found by it.
import { as, must, step } from "../drive/step.mjs";

export async function organised(settings) {
  await as(settings, "reviewer", async (page) => {
    await step("communities are drawn, and a table says the same", async () => {
      await page.goto(new URL("/network", settings.url).href);
      await page.locator(".picture-stage canvas").first().waitFor();
      await page.locator(".network-table tbody tr").first().waitFor();
    });
    await step("they are opened, and chosen whole, by keyboard alone", async () => {
      await page.getByRole("button", { name: /^Open community/ }).first().focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(/open=\d/);
      // The button says how it stands once the people of the first one are there.
      await page.locator(".network-people tbody tr").first().waitFor();
      if (await page.getByRole("button", { name: "Open all" }).isVisible()) await page.keyboard.press("x");
      await page.locator(".network-people tbody tr").nth(2).waitFor();
      await page.getByLabel("Choose all").focus();
      await page.keyboard.press("Space");
      await page.getByText(/^[1-9]\d* people chosen$/).waitFor();
    });
    await step("it becomes an organisation, which finds what its people write", async () => {
      await page.keyboard.press("m");
      const dialog = page.getByRole("dialog", { name: /become an organisation/ });
      await dialog.getByLabel("Name").fill("Pier crew");
      await page.keyboard.press("Enter");
      await page.getByText(/belong to Pier crew now/).waitFor();
      await page.goto(new URL(`/search?q=${encodeURIComponent('org:"Pier crew" papers')}`, settings.url).href);
      await page.locator(".hit").first().waitFor();
      must((await page.locator(".hit").count()) === 3, "it does not find the three messages");
    });
    await step("who is near a person, and the way between two, have addresses", async () => {
      await page.goto(new URL("/network?view=around&who=anna@chat.example", settings.url).href);
      await page.locator(".network-table tbody tr", { hasText: "carl" }).waitFor();
      await page.goto(new URL("/network?view=paths&from=bert@chat.example&to=carl@chat.example", settings.url).href);
      await page.locator(".network-table li", { hasText: "anna" }).waitFor();
    });
  });
}

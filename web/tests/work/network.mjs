// A community becomes an organisation, and what its people write is found by it.
import { as, must, step } from "../drive/step.mjs";

const SETTLED_MS = 400;
/** Of what is drawn of communities: its middle, and a place well within one of them. */
const drawn = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector(".picture-stage canvas");
    const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const there = (i) => data[4 * i + 3] > 0;
    const all = Array.from({ length: data.length / 4 }, (_, i) => i).filter(there);
    const mean = (of) => all.reduce((sum, i) => sum + of(i), 0) / all.length;
    const inside = all.find((i) => [-8, 8, -8 * width, 8 * width].every((by) => there(i + by)));
    return { x: mean((i) => i % width), y: mean((i) => Math.floor(i / width)), inside: { x: inside % width, y: Math.floor(inside / width) } };
  });

async function dragged(page) {
  await page.waitForTimeout(SETTLED_MS);
  const [before, box] = [await drawn(page), await page.locator(".picture-stage").boundingBox()];
  await page.mouse.move(box.x + 3, box.y + 3);
  await page.mouse.down();
  await page.mouse.move(box.x + 23, box.y + 8, { steps: 4 });
  await page.mouse.up();
  await page.waitForTimeout(SETTLED_MS);
  const after = await drawn(page);
  must(Math.hypot(after.x - before.x - 20, after.y - before.y - 5) < 2, `it moved by ${after.x - before.x}, ${after.y - before.y}`);
  await page.mouse.dblclick(box.x + after.inside.x, box.y + after.inside.y);
  await page.waitForURL(/open=\d/);
}

export async function organised(settings) {
  await as(settings, "reviewer", async (page) => {
    await step("communities are drawn, and a table says the same", async () => {
      await page.goto(new URL("/network", settings.url).href);
      await page.locator(".picture-stage canvas").first().waitFor();
      await page.locator(".network-table tbody tr").first().waitFor();
    });
    await step("the picture follows the hand, and a double click opens a community", async () => {
      await dragged(page);
      await page.goto(new URL("/network", settings.url).href);
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
    await step("who is chosen stands in the address", async () => {
      await page.waitForURL(/chosen=[^&]/);
      const chosen = await page.getByText(/^[1-9]\d* people chosen$/).textContent();
      await page.reload();
      await page.getByText(chosen, { exact: true }).waitFor();
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

// What is chosen on the map or the timeline narrows the query, and the search finds no more.
import { as, must, step } from "../drive/step.mjs";

const day = (by) => new Date(Date.now() + by * 86400000).toISOString().slice(0, 10);
const queryOf = (page) => new URL(page.url()).searchParams.get("q") ?? "";

export async function filtered(settings) {
  await as(settings, "reviewer", async (page) => {
    await step("what is looked at stands in the address", async () => {
      await page.goto(new URL("/map", settings.url).href);
      const drawn = () => page.locator(".map-picture svg path").nth(1).getAttribute("d");
      await page.getByRole("button", { name: "Nearer" }).click();
      await page.waitForURL(/look=1\.8/);
      const nearer = await drawn();
      await page.reload();
      await page.getByRole("button", { name: "Nearer" }).waitFor();
      must((await drawn()) === nearer, "after a reload it is drawn otherwise");
    });
    await step("a position is chosen on the map: the search finds what is near it", async () => {
      await page.goto(new URL("/map", settings.url).href);
      await page.locator(".map-main").getByText("Rotterdam, NL").waitFor();
      await page.locator(".map-point").first().click();
      await page.waitForURL(/near/);
      must(queryOf(page) === "near:51.9200,4.4800,1", `the query is '${queryOf(page)}'`);
      await page.getByRole("navigation", { name: "The same elsewhere" }).getByRole("link", { name: "Search" }).click();
      await page.locator(".hit").first().waitFor();
      must((await page.locator(".hit").count()) === 1, "it finds others");
    });
    await step("a span of the timeline: yesterday has nothing, and back is back", async () => {
      await page.goto(new URL("/timeline", settings.url).href);
      await page.locator(".chart canvas").waitFor();
      await page.getByLabel("From").fill(day(-3));
      await page.getByLabel("Before").fill(day(-1));
      await page.getByRole("button", { name: "Only this span" }).click();
      await page.getByText("Nothing was written").waitFor();
      must(queryOf(page) === `after:${day(-3)} before:${day(-1)}`, `the query is '${queryOf(page)}'`);
      await page.goBack();
      await page.locator(".chart canvas").waitFor();
      must(queryOf(page) === "", "the span stays");
    });
    await step("a span is drawn across it, and the search is of that span", async () => {
      const box = await page.locator(".chart .u-over").boundingBox();
      await page.mouse.move(box.x + 5, box.y + 50);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 5, box.y + 60, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL(/after/);
      must(queryOf(page).endsWith(`before:${day(1)}`), `the query is '${queryOf(page)}'`);
      await page.getByRole("link", { name: "Search", exact: true }).last().click();
      await page.locator(".hit").first().waitFor();
    });
  });
}

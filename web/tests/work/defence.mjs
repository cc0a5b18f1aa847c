// Whoever has no set sees nothing: no page but the own account, no answer.
import { as, must, step } from "../drive/step.mjs";

const address = (settings, path) => new URL(path, settings.url).href;

export async function defended(settings) {
  await as(settings, "defence", async (page) => {
    await step("defence without a set sees nothing: no page, no answer", async () => {
      for (const path of ["/", "/search?q=papers", "/threats", "/audit", "/administration"]) {
        await page.goto(address(settings, path));
        await page.getByText("Not for your role").waitFor();
      }
      const asked = ["/api/search?q=papers", "/api/people", "/api/threats", "/api/overview", "/api/log", "/api/users"];
      const statuses = await page.evaluate((list) => Promise.all(list.map(async (a) => (await fetch(a, { headers: { "X-Ironside-Purpose": "a test" } })).status)), asked);
      must(statuses.every((s) => s === 403), `the desk answers: ${statuses}`);
    });
  });
}

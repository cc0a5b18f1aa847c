// Photos: those that look alike are one, the text in them is found, and each opens where it was sent.
import { accessible } from "../drive/accessible.mjs";
import { as, must, step } from "../drive/step.mjs";

const photos = (page) => page.locator(".photo");
const address = (settings, path) => new URL(path, settings.url).href;

/** A machine reads them one after the other, beside all else. */
async function untilRead(page) {
  await page.waitForFunction(
    async () => {
      const answer = await fetch("/api/photos", { headers: { "X-Ironside-Purpose": "a test" } });
      const { photos: all } = await answer.json();
      return all.length === 3 && all.every((p) => p.thumbnail) && all.filter((p) => p.words.includes("417302")).length === 2;
    },
    undefined,
    { polling: 1000 },
  );
}

export async function photographed(settings) {
  await as(settings, "reviewer", async (page) => {
    await page.goto(address(settings, "/gallery"));
    await untilRead(page);
    await page.reload();
    await step("two that look alike are one, and are unfolded by keyboard", async () => {
      await page.getByText("3 photos, 2 groups").waitFor();
      await photos(page).locator("img").nth(1).waitFor();
      must((await photos(page).count()) === 2, "all are shown");
      await page.getByRole("button", { name: "1 other alike" }).focus();
      await page.keyboard.press("Enter");
      await photos(page).nth(2).waitFor();
    });
    await step("how alike they have to be stands in the address, and back is back", async () => {
      const choice = page.getByLabel("Which photos are one");
      await choice.selectOption("0");
      await page.waitForURL(/alike=0/);
      await page.getByText(/^3 photos, \d groups$/).waitFor();
      await page.goBack();
      await page.waitForURL((u) => !u.href.includes("alike"));
      must((await choice.inputValue()) === "8", "the choice stays");
    });
    await step("a query finds the text that stands in them", async () => {
      await page.goto(address(settings, "/gallery?q=XZQU"));
      await page.getByText("2 photos, 1 group").waitFor();
      await page.goto(address(settings, "/gallery?q=nosuchwordatall"));
      await page.getByText("No photo here").waitFor();
    });
    await step("one opens where it was sent", async () => {
      await page.goto(address(settings, "/gallery?q=XZQU"));
      await photos(page).first().getByRole("link", { name: /417302/ }).click();
      await page.waitForURL(/message=\d/);
      await page.locator(".line-active .line-file").first().waitFor();
    });
  });
  await step("axe finds nothing on it", () => accessible({ ...settings, page: "gallery" }));
}

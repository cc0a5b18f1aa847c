// A user is made, comes in, gets another role, and is let in no more.
import { signIn, withBrowser } from "../browser.mjs";
import { as, must, step } from "../drive/step.mjs";

const row = (page) => page.locator(".users tbody tr", { hasText: "nora" });
async function choose(page, what) {
  await page.getByRole("button", { name: "What to do with nora" }).click();
  await page.getByRole("menuitem", { name: what }).click();
}

export async function administered(settings) {
  await as(settings, "admin", async (page) => {
    let password;
    await page.goto(new URL("/administration", settings.url).href);
    await step("a user is added", async () => {
      await page.getByRole("button", { name: "Add a user" }).click();
      const dialog = page.getByRole("dialog", { name: "Add a user" });
      await dialog.getByLabel("Name").fill("nora");
      password = await dialog.getByLabel("First password").inputValue();
      await dialog.getByRole("button", { name: "Add" }).click();
      await row(page).waitFor();
    });
    await step("and comes in by the password that was made", () => withBrowser((context) => signIn(context.pages()[0], settings.url, "nora", password)));
    await step("another role", async () => {
      await choose(page, /Another role/);
      await page.getByRole("dialog").getByLabel("supervisor").check();
      await page.getByRole("button", { name: "Give it" }).click();
      await row(page).getByText("supervisor").waitFor();
    });
    await step("disabled, and let in no more", async () => {
      await choose(page, /Disable/);
      await row(page).getByText("disabled").waitFor();
      await withBrowser(async (context) => {
        const other = context.pages()[0];
        await other.goto(settings.url);
        await other.getByLabel("Name").fill("nora");
        await other.getByLabel("Password").fill(password);
        await other.getByRole("button", { name: "Sign in" }).click();
        await other.getByRole("alert").waitFor();
        must(!(await other.getByRole("navigation", { name: "Pages" }).isVisible()), "nora is in");
      });
    });
  });
}

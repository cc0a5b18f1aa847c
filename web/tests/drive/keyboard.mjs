// From the search box to a tag without a pointer.
import { as, must, step } from "./step.mjs";

export async function byKeyboard(settings) {
  await as(settings, "vera", async (page) => {
    const keys = page.keyboard;
    await step("? shows the keys of the page", async () => {
      await keys.press("?");
      await page.getByRole("dialog", { name: "Keyboard" }).getByText("To the search box").waitFor();
      await keys.press("Escape");
    });
    await step("from / to a tag on all that was found", async () => {
      await keys.press("g");
      await keys.press("s");
      await page.locator(".hit").first().waitFor();
      await keys.press("/");
      await keys.type("boat");
      await keys.press("Enter");
      await page.waitForURL(/q=boat/);
      await page.locator(".hit mark").first().waitFor();
      await keys.press("Escape");
      await keys.press("j");
      await page.locator(".hit-active").waitFor();
      await page.locator(".line-active").waitFor();
      await keys.press("A");
      await keys.press("t");
      await page.getByRole("dialog", { name: /^Tag/ }).waitFor();
      await keys.type("keyboard");
      await keys.press("Enter");
      await page.locator(".hit .chip", { hasText: "keyboard" }).first().waitFor();
    });
    await step("Tab reaches each control of the page, and its focus is seen", async () => {
      const reached = new Set();
      for (let i = 0; i < 60; i++) {
        await keys.press("Tab");
        const at = await page.evaluate(() => {
          const e = document.activeElement;
          if (e === document.body) return { name: "", around: "the window's own" };
          const style = getComputedStyle(e);
          const around = e.closest(".search-box") === null ? style.outlineStyle : "box";
          return { name: e.getAttribute("aria-label") ?? e.textContent?.trim().slice(0, 30) ?? "", around };
        });
        must(at.around !== "none", `the focus on '${at.name}' is not seen`);
        reached.add(at.name);
      }
      for (const name of ["Search all messages", "Save this search", "Conversations"]) must([...reached].some((r) => r.includes(name)), `Tab does not reach '${name}': ${[...reached]}`);
    });
  });
}

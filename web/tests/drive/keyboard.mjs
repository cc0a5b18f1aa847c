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
    await step("Ctrl+K goes to a page, to a person, and does what the page can", async () => {
      const go = async (words) => {
        await keys.press("Control+k");
        const box = page.getByRole("combobox", { name: "A page, a person, or what to do" });
        await box.waitFor();
        await keys.type(words);
      };
      await go("timel");
      await page.getByRole("option", { name: /^Timeline/ }).waitFor();
      await keys.press("Enter");
      await page.waitForURL(/timeline/);
      await go("ann");
      await page.getByRole("option", { name: /^anna ?person/ }).waitFor();
      while ((await page.locator(".palette [aria-selected=true]").innerText()).startsWith("anna") === false) await keys.press("ArrowDown");
      await keys.press("Enter");
      await page.waitForURL(/people.anna/);
      await go("say why");
      await keys.press("Enter");
      await page.getByRole("dialog", { name: "Why do you look?" }).waitFor();
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

// Two accounts become one person, which is found by its name, one is split off again, and that is undone.
import { accessible } from "../drive/accessible.mjs";
import { as, must, step } from "../drive/step.mjs";

const reasoned = async (dialog, reason, go) => {
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: go }).click();
};
const accounts = (page) => page.getByRole("button", { name: /^Split .* off$/ });

export async function merged(settings) {
  await as(settings, "reviewer", async (page) => {
    const hits = async (q) => {
      await page.goto(new URL(`/search?q=${encodeURIComponent(q)}`, settings.url).href);
      await page.locator(".search-hits[aria-busy=false] .hit").first().waitFor();
      return page.locator(".hit").count();
    };
    const open = () => page.goto(new URL("/people/anna@chat.example", settings.url).href);
    const of = (await hits("from:anna")) + (await hits("from:carl"));
    await step("two accounts become one person, with a name and a reason", async () => {
      await open();
      await page.getByRole("button", { name: "Merge with…" }).click();
      const dialog = page.getByRole("dialog", { name: /^Merge anna with/ });
      await dialog.getByLabel("Account").fill("carl@chat.example");
      await dialog.getByLabel("Name").fill("The Skipper");
      await reasoned(dialog, "both speak of the boat", "Merge them");
      await page.getByText("are one person").waitFor();
      await accounts(page).nth(1).waitFor();
    });
    await step("… whose page is accessible", () => accessible({ ...settings, worked: "merged" }));
    await step("the person is found by the name", async () => {
      must((await hits('from:"The Skipper"')) === of, "it does not find what both wrote");
    });
    await step("one is split off, and the history says who, when and why", async () => {
      await open();
      await page.getByRole("button", { name: "Split carl off" }).click();
      await reasoned(page.getByRole("dialog", { name: /^Split carl off/ }), "another hand", "Split it off");
      await accounts(page).first().waitFor({ state: "detached" });
      await page.getByRole("list", { name: "What was merged and split" }).getByText("another hand").waitFor();
    });
    await step("that is undone, and so is the merge", async () => {
      for (const left of [2, 0]) {
        const undos = page.getByRole("button", { name: "Undo", exact: true });
        await (left === 2 ? undos.first() : undos.last()).click();
        await reasoned(page.getByRole("dialog", { name: "Undo it?" }), "a mistake", "Undo it");
        if (left === 2) await accounts(page).nth(1).waitFor();
        else await accounts(page).first().waitFor({ state: "detached" });
      }
    });
  });
}

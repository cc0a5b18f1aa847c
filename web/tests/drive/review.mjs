// Searching, opening, marking all, and two reviewers who see what the other did.
import { as, must, search, step } from "./step.mjs";

async function tagAll(page, word) {
  await page.getByRole("button", { name: "Choose all" }).click();
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Tag/ });
  await dialog.getByLabel("Tag").fill(word);
  await dialog.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByText(`tagged “${word}”`).waitFor();
}

const hits = (page) => page.locator(".hit");
const tagged = (page, word) => page.locator(".hit .chip", { hasText: word });

async function whole(page) {
  await step("a hit opens in its conversation at its place, and the address says so", async () => {
    await search(page, '"number 3"');
    await hits(page).first().getByRole("link").click();
    const line = page.locator(".line-active");
    await line.waitFor();
    must((await line.innerText()).includes("number 3"), "another message is open");
    must(/open=\d+/.test(page.url()), "the address does not say what is open");
    await page.goBack();
    await page.locator(".search-thread").waitFor({ state: "detached" });
  });
  await step("a wrong question is marked at its place", async () => {
    const box = page.getByRole("combobox", { name: "Search all messages" });
    await box.fill("papers (");
    await box.press("Enter");
    await page.locator(".search-wrong mark").waitFor();
    must((await page.locator(".search-wrong mark").innerText()) === "(", "another place is marked");
  });
  await step("operators and people are completed", async () => {
    const box = page.getByRole("combobox", { name: "Search all messages" });
    await box.fill("");
    await box.pressSequentially("papers from:an");
    await page.getByRole("option", { name: /from:anna/ }).waitFor();
    await box.press("ArrowDown");
    await box.press("Enter");
    must((await box.inputValue()) === "papers from:anna ", `the box has '${await box.inputValue()}'`);
    await box.press("Enter");
    await hits(page).first().waitFor();
  });
  await step("of messages that are alike one is shown, until all are asked for", async () => {
    await search(page, "ferry");
    await page.locator(".hit .chip", { hasText: "1 other alike" }).waitFor();
    must((await hits(page).count()) === 1, "both are shown");
    await page.getByRole("button", { name: "Alike together" }).click();
    await hits(page).nth(1).waitFor();
  });
  await step("a count is a filter, and taken away again", async () => {
    await search(page, "");
    const filter = page.getByRole("button", { name: /^reply/ });
    await filter.click();
    await page.waitForURL(/kind%3Areply/);
    await page.getByText("1 message", { exact: true }).waitFor();
    await page.getByRole("button", { name: /^reply/ }).click();
    await page.waitForURL((u) => !u.href.includes("reply"));
  });
}

export async function reviewed(settings) {
  await as(settings, "reviewer", async (page) => {
    await whole(page);
    await step("all hits are tagged, and that is undone as a whole", async () => {
      await search(page, "papers");
      await tagAll(page, "harbour");
      await tagged(page, "harbour").nth(4).waitFor();
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByText(/Undone for 5/).waitFor();
      await tagged(page, "harbour").first().waitFor({ state: "detached" });
    });
    await step("two reviewers see each other's tags and what the other has seen", async () => {
      await tagAll(page, "pier");
      await hits(page).first().getByRole("link").click();
      await page.locator(".line-active").waitFor();
      await page.locator(".line-active .hit-dot").waitFor({ state: "detached" });
      await as(settings, "vera", async (other) => {
        await search(other, "tag:pier");
        must((await hits(other).count()) === 5, "the other reviewer does not find the tag");
        await other.locator(".hit .seen-by", { hasText: "reviewer" }).first().waitFor();
        await tagAll(other, "quay");
      });
      await search(page, "tag:quay");
      await tagged(page, "quay").first().waitFor();
    });
    await step("… which is completed from then on", async () => {
      const box = page.getByRole("combobox", { name: "Search all messages" });
      await box.fill("");
      await box.pressSequentially("tag:qu");
      await page.getByRole("option", { name: /tag:quay/ }).waitFor();
    });
  });
}

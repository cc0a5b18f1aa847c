// The proof of a message, checked in the page; and that what was changed on the way is found.
import { as, must, search, step } from "./step.mjs";

const MINUTES_MS = 150000;

async function openProof(page) {
  await page.getByRole("button", { name: "Proof" }).click();
  await page.getByRole("status").filter({ hasText: /holds/ }).waitFor();
}

const closeProof = (page) => page.getByRole("dialog").getByRole("button", { name: "Close" }).click();

/** A checkpoint comes within a minute. */
async function untilItHolds(page) {
  const end = Date.now() + MINUTES_MS;
  for (;;) {
    await openProof(page);
    if (await page.getByText("It all holds").isVisible()) return;
    must(Date.now() < end, `it does not hold: ${await page.locator(".proof-bad").allInnerTexts()}`);
    await closeProof(page);
    await page.waitForTimeout(3000);
  }
}

/** Each with what is found then. */
const changes = [
  ["another text of the record", (p) => (p.record.text = p.record.text.replace(/"at":"(\d{4})/, (_, y) => `"at":"${Number(y) - 1}`)), "The device signed this very message"],
  ["another warrant text", (p) => (p.documents.warrant = p.documents.warrant.replace("scope all", "scope al1")), "The policy names the warrant"],
  ["another place in the tree", (p) => (p.record.leaf += 1), "It has its place in the archive's tree"],
  ["another signature of the archive", (p) => (p.verdict.signature = p.verdict.signature.replace(/^./, (c) => (c === "A" ? "B" : "A"))), "The archive signed that it has it"],
  ["another registrar", (p) => (p.documents.network = p.documents.network.replace(/registrar (.)/, (_, c) => `registrar ${c === "A" ? "B" : "A"}`)), "The registrar certified the sender's device"],
];

export async function proved(settings) {
  await as(settings, "reviewer", async (page) => {
    await search(page, '"number 2"');
    await page.locator(".hit").first().getByRole("link").click();
    await page.locator(".line-active").waitFor();
    await step("the proof of a message holds, checked in the page", () => untilItHolds(page));
    await closeProof(page);
    for (const [what, change, found] of changes)
      await step(`${what} is found`, async () => {
        await page.route("**/proof*", async (route) => {
          const response = await route.fetch();
          const json = await response.json();
          change(json);
          await route.fulfill({ response, json });
        });
        await openProof(page);
        await page.locator(".proof-bad", { hasText: found }).waitFor();
        await closeProof(page);
        await page.unroute("**/proof*");
      });
  });
}

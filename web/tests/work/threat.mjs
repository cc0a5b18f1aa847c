// A threat that arrives while another message is read: told, acknowledged, decided, by keyboard.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isLive } from "../browser.mjs";
import { as, must, step } from "../drive/step.mjs";

const run = promisify(execFile);
const WORDS = "i will kill him tonight, i have a gun";
const send = ({ ironside, scene }) => run(ironside, ["device", "send", "--store", `${scene}/bert`, "--to", "anna@chat.example", WORDS]);

async function toldEverywhere(page, other, settings) {
  await step("it arrives while another message is read: a toast, the rail and the title say so", async () => {
    await page.goto(new URL("/conversations", settings.url).href);
    await page.locator(".list-row").first().click();
    await page.locator(".line").first().waitFor();
    await isLive(page);
    await isLive(other);
    must(!/^\(\d/.test(await page.title()), "something waits already");
    await send(settings);
    await page.locator(".toast-alert", { hasText: "1 new threat" }).waitFor();
    await page.waitForFunction(() => document.title.startsWith("(1) "));
    await page.locator(".rail-count", { hasText: "1" }).first().waitFor();
  });
  await step("… on every screen", () => other.locator(".toast-alert", { hasText: "1 new threat" }).waitFor());
}

async function decided(page, other) {
  const keys = page.keyboard;
  await step("it opens with what set it off, between what was said before", async () => {
    await page.locator(".toast-alert").getByRole("button", { name: "Open" }).click();
    const here = page.locator(".message-line-here");
    await here.waitFor();
    must((await here.innerText()).includes(WORDS), "another message is shown");
    must((await here.locator("mark").count()) > 0, "its words are not marked");
    await page.locator(".threat-context .message-line", { hasText: "bring the boat at nine" }).waitFor();
  });
  await step("acknowledged by name, and the other one sees by whom", async () => {
    await keys.press("a");
    await page.locator(".threat").getByText("reviewer answers for it").waitFor();
    await page.waitForFunction(() => !document.title.startsWith("("));
    await other.goto(new URL("/threats", page.url()).href);
    await other.locator(".threat-row", { hasText: "reviewer answers for it" }).waitFor();
  });
  await step("it is not decided without a reason", async () => {
    await keys.press("d");
    const dialog = page.getByRole("dialog", { name: "Decide this threat" });
    await dialog.getByLabel("A threat").check();
    await dialog.getByRole("button", { name: "Decide" }).click();
    await dialog.getByRole("alert").waitFor();
  });
  await step("decided with one, and it stands there", async () => {
    await page.getByLabel("Reason").fill("the police know since 14:05");
    await keys.press("Tab");
    await keys.press("Tab");
    await keys.press("Enter");
    await page.getByText("Nothing waits").first().waitFor();
    await page.getByRole("link", { name: "Decided" }).click();
    await page.locator(".reason", { hasText: "the police know since 14:05" }).waitFor();
  });
}

export async function threatened(settings) {
  await as(settings, "reviewer", (page) =>
    as(settings, "vera", async (other) => {
      await toldEverywhere(page, other, settings);
      await decided(page, other);
    }),
  );
}

// A bounded set: proposed by a reviewer's question, approved by a supervisor, bound to the defence, who sees it and
// nothing else; withdrawn, and nothing is seen any more.
import { accessible } from "../drive/accessible.mjs";
import { as, must, search, step } from "../drive/step.mjs";

const address = (settings, path) => new URL(path, settings.url).href;
const statuses = (page, list) => page.evaluate((paths) => Promise.all(paths.map(async (a) => (await fetch(a, { headers: { "X-Ironside-Purpose": "a test" } })).status)), list);

async function withoutSet(page, settings) {
  for (const path of ["/", "/search?q=papers", "/conversations", "/people"]) {
    await page.goto(address(settings, path));
    await page.getByText("No set is approved for you").waitFor();
  }
  const found = await page.evaluate(async () => (await (await fetch("/api/search?q=papers")).json()).hits.length);
  must(found === 0, `without a set ${found} messages are found`);
}

async function notTheirs(page, settings) {
  for (const path of ["/threats", "/audit", "/administration", "/network", "/cases", "/sets", "/saved"]) {
    await page.goto(address(settings, path));
    await page.getByText("Not for your role").waitFor();
  }
  const refused = await statuses(page, ["/api/threats", "/api/overview", "/api/log", "/api/users", "/api/cases", "/api/sets", "/api/searches", "/api/events", "/api/network"]);
  must(refused.every((s) => s === 403), `the desk answers: ${refused}`);
}

/** By a reviewer, so that the one supervisor approves it. */
async function propose(page, settings) {
  await page.goto(address(settings, "/search?q=papers"));
  await page.locator(".hit").first().waitFor();
  const made = await page.evaluate(async () => {
    const { csrf } = await (await fetch("/api/session")).json();
    const post = (path, body) => fetch(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-Ironside-CSRF": csrf, "X-Ironside-Purpose": "a test" } });
    await post("/api/cases", { word: "disclosure", title: "What the defence is shown" });
    return (await post("/api/sets", { name: "what anna wrote to bert", case: "disclosure", query: "papers", reason: "the court's order" })).status;
  });
  must(made === 201, `the desk answers ${made}`);
}

async function open(page, settings) {
  await page.goto(address(settings, "/sets"));
  await page.getByRole("region", { name: "Set what anna wrote to bert" }).waitFor();
}

async function sayReason(page, button, go, reason) {
  await page.getByRole("button", { name: button }).click();
  await page.getByLabel("Reason").fill(reason);
  await page.getByRole("button", { name: go, exact: true }).click();
}

async function seesItsSet(page, settings) {
  await page.goto(address(settings, "/"));
  await search(page, "");
  const texts = await page.locator(".hit").allTextContents();
  must(texts.some((t) => t.includes("papers")), "its set is not found");
  must(!texts.some((t) => t.includes("lawyer")), "it sees what is in no set");
  must((await page.getByRole("button", { name: "Choose all" }).count()) === 0, "it may mark messages");
  await page.locator(".hit-link").first().click();
  await page.getByRole("button", { name: "Proof", exact: true }).waitFor();
  must((await page.getByRole("button", { name: "Tag", exact: true }).count()) === 0, "it may tag a message");
  await page.goto(address(settings, "/people"));
  await page.locator(".list-row", { hasText: "bert" }).waitFor();
  must((await page.locator(".list-row", { hasText: "carl" }).count()) === 0, "it sees who is in no set");
  await page.goto(address(settings, "/people/bert%40chat.example"));
  await page.getByRole("heading", { name: "Conversations" }).waitFor();
  must((await page.getByRole("button", { name: "Merge with…" }).count()) === 0, "it may say who is who");
  await page.goto(address(settings, "/conversations"));
  await page.locator(".list-row").first().waitFor();
  must((await page.locator(".list-row").count()) === 1, "it sees another conversation");
  must((await statuses(page, ["/api/people/carl%40chat.example"]))[0] === 404, "the desk tells of who is in no set");
}

export async function defended(settings) {
  await as(settings, "defence", async (page) => {
    await step("defence without a set sees nothing", () => withoutSet(page, settings));
    await step("… and what is not theirs not at all", () => notTheirs(page, settings));
  });
  await as(settings, "vera", (page) => step("a reviewer proposes a set", () => propose(page, settings)));
  await as(settings, "sara", async (page) => {
    await step("a supervisor reads, approves and binds", async () => {
      await open(page, settings);
      await page.locator(".threat .list-row", { hasText: "bert" }).waitFor();
      await sayReason(page, "Approve…", "Approve", "as ordered");
      await page.locator(".threat").getByText("approved", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Bind a user…" }).click();
      await page.getByRole("combobox", { name: "User" }).fill("defence");
      await page.getByRole("button", { name: "Bind", exact: true }).click();
      await page.getByRole("button", { name: "Let go of defence" }).waitFor();
    });
  });
  await as(settings, "defence", async (page) => {
    await step("the defence sees its set, and nothing else", () => seesItsSet(page, settings));
    await step("… what is not theirs neither", () => notTheirs(page, settings));
  });
  await step("their reduced desk is accessible, and what the supervisor sees of the set", async () => {
    await accessible({ ...settings, worked: "bound" });
    await accessible({ ...settings, page: "sets" });
  });
  await as(settings, "admin", (page) =>
    step("the administrator sees who is bound", async () => {
      await page.goto(address(settings, "/administration"));
      await page.locator("tr", { hasText: "defence" }).getByText("bound to 1 set").waitFor();
    }),
  );
  await as(settings, "sara", (page) =>
    step("the set is withdrawn", async () => {
      await open(page, settings);
      await sayReason(page, "Withdraw…", "Withdraw", "the trial is over");
      await page.locator(".threat").getByText("withdrawn", { exact: true }).waitFor();
    }),
  );
  await as(settings, "defence", (page) => step("and nothing is seen any more", () => withoutSet(page, settings)));
}

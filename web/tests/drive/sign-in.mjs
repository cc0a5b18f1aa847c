import { answerWhy, signIn, withBrowser, faultsOf } from "../browser.mjs";
import { must, step } from "./step.mjs";

const AUTHENTICATOR = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };

async function addPasskey(page, password) {
  await page.goto(new URL("/account", page.url()).href);
  await page.getByRole("button", { name: "Add" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByLabel("A name for it").fill("blue key");
  await dialog.getByLabel("Your password").fill(password);
  await dialog.getByRole("button", { name: "Add" }).click();
  await page.getByText("blue key", { exact: true }).first().waitFor();
}

async function signOut(page) {
  await page.getByRole("button", { name: /reviewer/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
}

export async function signedIn({ url, passwords }) {
  await withBrowser(async (context) => {
    const page = context.pages()[0];
    const faults = faultsOf(page);
    await step("a wrong password is refused in words", async () => {
      await page.goto(url);
      await page.getByLabel("Name").fill("reviewer");
      await page.getByLabel("Password").fill("not this one at all");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").waitFor();
    });
    await step("the password lets one in, and the purpose is asked once and shown", async () => {
      await signIn(page, url, "reviewer", passwords.reviewer);
      await page.getByRole("link", { name: "Search", exact: true }).click();
      await answerWhy(page, "harbour: وثائق");
      await page.getByText("harbour: وثائق").waitFor();
      await page.locator(".hit").first().waitFor();
    });
    const cdp = await context.newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    await cdp.send("WebAuthn.addVirtualAuthenticator", { options: AUTHENTICATOR });
    await step("a passkey is added, and is a way in", async () => {
      await addPasskey(page, passwords.reviewer);
      await signOut(page);
      await page.getByLabel("Name").fill("reviewer");
      await page.getByRole("button", { name: "Use a passkey" }).click();
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
    });
    await step("a session that ended is asked for over the page, which stays", async () => {
      await page.goto(new URL("/search?q=papers", url).href);
      await answerWhy(page, "again");
      await page.locator(".hit").first().waitFor();
      await context.clearCookies();
      await page.getByRole("button", { name: "Choose all" }).click();
      await page.getByRole("button", { name: "Seen" }).click();
      const dialog = page.getByRole("dialog", { name: "Your session has ended" });
      await dialog.getByLabel("Password").fill(passwords.reviewer);
      await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
      await dialog.waitFor({ state: "detached" });
      must((await page.locator(".hit").count()) > 0, "the hits are gone");
    });
    must(faults.length === 0, `the console says: ${faults.join("; ")}`);
  });
}

// Every page as axe and the pictures see it: a name, its address, who opens it. `ready`: what is there
// once it is whole; `fills`: the window, which does not scroll; `press`: a key that opens what is meant, or the name of
// a button, and `shows`: what is there then. `{first …}` in an address is filled in from the desk (tests/fill.mjs).
// `worked`: only of a desk on which that was done.
export const pages = [
  { name: "sign-in", address: "/", ready: ".gate-card" },
  { name: "palette", address: "/search?q={word}", user: "reviewer", ready: ".hit", press: "Control+k", shows: ".palette [role=option]" },
  { name: "keyboard", address: "/search?q={word}", user: "reviewer", ready: ".hit", press: "?", shows: ".help dt" },
  { name: "design", address: "/design.html", ready: ".swatches" },
  { name: "overview", address: "/", user: "reviewer", ready: ".figures" },
  { name: "threats", address: "/threats", user: "reviewer", ready: ".threat-context .message-line-here" },
  { name: "rules", address: "/rules", user: "reviewer", ready: ".card details" },
  { name: "search", address: "/search?q={word}", user: "reviewer", ready: ".hit" },
  { name: "search-chosen", address: "/search?q={word}", user: "reviewer", ready: ".hit", press: "A", shows: ".actions" },
  { name: "search-open", address: "/search?q={word}&open={hit}", user: "reviewer", ready: ".line-active", fills: true },
  { name: "search-wrong", address: "/search?q=papers%20(", user: "reviewer", ready: ".search-wrong" },
  { name: "search-nothing", address: "/search?q=nosuchwordatall", user: "reviewer", ready: ".state" },
  { name: "conversations", address: "/conversations", user: "reviewer", ready: ".list-row" },
  { name: "conversation", address: "/conversations/{conversation}", user: "reviewer", ready: ".line", fills: true },
  { name: "translation", address: "/search?q=lang%3Aes&open={foreign}", user: "reviewer", ready: ".line-active", press: /^Translate into/, shows: ".line-translation", fills: true, worked: "translation" },
  { name: "people", address: "/people", user: "reviewer", ready: ".list-row" },
  { name: "person", address: "/people/{person}", user: "reviewer", ready: ".list-row" },
  { name: "person-merged", address: "/people/{merged}", user: "reviewer", ready: ".list-row", worked: "merged" },
  { name: "organisation", address: "/organisations/harbour", user: "reviewer", ready: ".card, .state" },
  { name: "saved", address: "/saved", user: "reviewer", ready: ".card, .state" },
  { name: "cases", address: "/cases", user: "reviewer", ready: ".list-row, .state" },
  { name: "case", address: "/cases/pier-9", user: "reviewer", ready: ".case-line, .state" },
  { name: "case-time", address: "/cases/pier-9?tab=time", user: "reviewer", ready: ".chart canvas, .state" },
  { name: "case-ledger", address: "/cases/pier-9?tab=ledger", user: "reviewer", ready: ".card, .state" },
  { name: "network", address: "/network", user: "reviewer", ready: ".picture-stage canvas" },
  { name: "network-around", address: "/network?view=around&who={person}", user: "reviewer", ready: ".network-table tbody tr" },
  { name: "network-open", address: "/network?open=0,1,2", user: "reviewer", ready: ".network-people tbody tr" },
  { name: "map", address: "/map", user: "reviewer", ready: ".map-point" },
  { name: "timeline", address: "/timeline", user: "reviewer", ready: ".chart canvas" },
  { name: "warrants", address: "/warrants", user: "reviewer", ready: ".facts" },
  { name: "gallery", address: "/gallery", user: "reviewer", ready: ".photo img, .state" },
  { name: "exports", address: "/exports?q=papers", user: "sara", ready: ".card .state, .list-row" },
  { name: "sets", address: "/sets", user: "sara", ready: ".threats, .state" },
  { name: "defence-search", address: "/search?q=", user: "defence", ready: ".hit", worked: "bound" },
  { name: "defence-message", address: "/search?q=&open={own}", user: "defence", ready: ".line-active", fills: true, worked: "bound" },
  { name: "defence-conversations", address: "/conversations", user: "defence", ready: ".list-row", worked: "bound" },
  { name: "defence-people", address: "/people", user: "defence", ready: ".list-row", worked: "bound" },
  { name: "privilege", address: "/privilege", user: "filter", ready: ".threats .message-line, .state" },
  { name: "audit", address: "/audit", user: "auditor", ready: ".audit-pages" },
  { name: "administration", address: "/administration", user: "admin", ready: ".users tbody tr" },
  { name: "account", address: "/account", user: "reviewer", ready: ".card" },
  { name: "not-found", address: "/no-such-page", user: "reviewer", ready: ".state" },
];

/** What was made at an earlier visit is there at once. */
async function pressUnlessShown(page, press, shows) {
  const button = page.getByRole("button", { name: press });
  await button.or(page.locator(shows)).first().waitFor();
  if (await button.isVisible()) await button.click();
}

/** Opens what a row's page is about, once it is whole. */
export async function opened(page, { ready, press, shows }) {
  await page.locator(ready).first().waitFor();
  if (press === undefined) return;
  if (press instanceof RegExp) await pressUnlessShown(page, press, shows);
  else await page.keyboard.press(press);
  await page.locator(shows).first().waitFor();
}

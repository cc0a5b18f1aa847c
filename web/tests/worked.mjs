// What reviewers have made of the demo's conversations before pictures are taken: a case with its ledger, a person of
// two accounts, an organisation, a set that the defence sees, what is privileged. By the API, as whoever is signed in.
const tell = (page, method, path, body) =>
  page.evaluate(
    async ([m, p, b]) => {
      const { csrf } = await (await fetch("/api/session")).json();
      const body = b === undefined ? {} : { body: JSON.stringify(b) };
      const kind = b === undefined ? {} : { "Content-Type": "application/json" };
      const r = await fetch(p, { method: m, ...body, headers: { ...kind, "X-Ironside-CSRF": csrf, "X-Ironside-Purpose": "pictures" } });
      if (!r.ok) throw new Error(`${m} ${p}: ${r.status} ${await r.text()}`);
      return r.json();
    },
    [method, path, body],
  );
const find = (page, q) => page.evaluate(async (words) => (await (await fetch(`/api/search?limit=20&q=${encodeURIComponent(words)}`, { headers: { "X-Ironside-Purpose": "pictures" } })).json()).hits, q);

const CASE = "/api/cases/pier-9";

async function workCase(page) {
  await tell(page, "POST", "/api/cases", { word: "pier-9", title: "Who is on the pier on Thursday" });
  for (const hit of await find(page, "guests OR invitados")) await tell(page, "PUT", `${CASE}/messages/${hit.id}`);
  for (const account of ["dex", "lenny"]) await tell(page, "PUT", `${CASE}/people`, { account: `${account}@${await domainOf(page)}` });
  await tell(page, "PUT", `${CASE}/organisations`, { organisation: "harbour" });
  await tell(page, "POST", `${CASE}/events`, { at: Date.now() - 86400000, zone: "Europe/London", title: "The pier is watched", text: "Two officers, from ten at night" });
  const date = new Date().toISOString().slice(0, 10);
  for (const [kind, amount, unit, country] of [["arrest", "2", "people", "GB"], ["seizure", "40000", "EUR", "ES"], ["search", "1", "places", "GB"]]) await tell(page, "POST", `${CASE}/outcomes`, { kind, amount, unit, country, date });
}

const domainOf = async (page) => (await find(page, "from:dex"))[0].from.split("@")[1];

/** By a reviewer. */
export async function reviewed(page) {
  const domain = await domainOf(page);
  const account = (handle) => encodeURIComponent(`${handle}@${domain}`);
  for (const handle of ["gwen", "rory", "marisol"]) await tell(page, "PUT", `/api/people/${account(handle)}/organisation`, { organisation: "harbour" });
  await tell(page, "POST", `/api/people/${account("teo")}/merge`, { with: `joris@${domain}`, name: "The carrier", reason: "both carry the same notes" });
  await workCase(page);
  for (const hit of await find(page, "biscuit")) await tell(page, "PUT", `/api/messages/${hit.id}/tags/dog`);
  await tell(page, "PUT", "/api/assignments", { kind: "organisation", object: "harbour", user: "reviewer" });
  await tell(page, "POST", "/api/searches", { name: "Guests, in two languages", query: "guests OR invitados" });
  await tell(page, "POST", "/api/privilege", { kind: "person", what: `abara@${domain}`, reason: "a solicitor, and her client" });
  await tell(page, "POST", "/api/sets", { name: "What Dex wrote to Lenny", case: "pier-9", query: "from:dex to:lenny", reason: "the court's order of 30 March" });
}

/** By a supervisor, who did not propose it. */
export async function supervised(page) {
  const { id } = await page.evaluate(async () => (await (await fetch("/api/sets?limit=10")).json()).sets[0]);
  await tell(page, "POST", `/api/sets/${id}/decide`, { decision: "approve", reason: "as ordered" });
  await tell(page, "PUT", `/api/sets/${id}/users`, { user: "defence", on: true });
  await tell(page, "POST", "/api/exports", { format: "jsonl", selection: "query", value: "guests OR invitados", zone: "UTC" });
}

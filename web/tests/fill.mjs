// Addresses name what a desk has: "{conversation}" is one that it really holds.
const ask = (page, path) =>
  page.evaluate(async (p) => (await fetch(p, { headers: { "X-Ironside-Purpose": "pictures" } })).json(), path);

/** Of the messages that scenario 88 sends, and of the demo's. */
const WORDS = ["papers", "guests"];

async function word(page) {
  for (const w of WORDS) if ((await ask(page, `/api/search?q=${w}&limit=1`)).hits.length > 0) return w;
  throw new Error(`the desk has no message with ${WORDS.join(" or ")}`);
}

const finders = {
  conversation: async (page) => (await ask(page, "/api/conversations?limit=1")).conversations[0].id,
  word,
  hit: async (page) => String((await ask(page, `/api/search?q=${await word(page)}&limit=4`)).hits.at(-1).id),
  foreign: async (page) => String((await ask(page, "/api/search?q=lang%3Aes&limit=1")).hits[0].id),
  own: async (page) => String((await ask(page, "/api/search?q=&limit=1")).hits[0].id),
  merged: async (page) => encodeURIComponent((await ask(page, "/api/people?limit=100")).people.find((p) => p.name !== "").account),
  person: async (page) => encodeURIComponent((await ask(page, "/api/people?limit=1")).people[0].account),
};

export async function fillIn(page, address) {
  let filled = address;
  for (const [, name] of address.matchAll(/\{(\w+)\}/g)) filled = filled.replace(`{${name}}`, await finders[name](page));
  return filled;
}

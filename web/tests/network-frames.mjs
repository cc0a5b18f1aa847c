// How fluently a network of 12,000 people in communities is dragged: node network-frames.mjs URL USER PASSWORD.
// The page is the desk's own; what it is drawn of is made up here, so that it is as large as that.
import { readdirSync, readFileSync } from "node:fs";
import { sayWhy, signIn, withBrowser } from "./browser.mjs";

const PEOPLE = 12000;
const COMMUNITIES = 150;
const CONTACTS = 20000;
const [url, user, password] = process.argv.slice(2);

let seed = 7;
const chance = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
const of = (n) => Math.floor(n * chance());
const people = Array.from({ length: PEOPLE }, (_, i) => {
  const person = `p${i}@chat.example`;
  return { person, account: person, organisation: "", contacts: 1 + of(60), strength: 1 + of(900), pagerank: chance() / PEOPLE, coreness: of(12), community: Math.floor(COMMUNITIES * chance() ** 1.6), articulation: false };
});
const inside = Array.from({ length: COMMUNITIES }, () => []);
people.forEach((p, i) => inside[p.community].push(i));
const network = {
  messages: 2000000, people: PEOPLE, pairs: CONTACTS, communities_in_all: COMMUNITIES, made: 0, leaders: [],
  communities: inside.map((list, number) => ({ number, size: list.length, inside: 5 * list.length, members: list.slice(0, 8).map((i) => people[i].person) })).sort((a, b) => b.size - a.size),
  ties: Array.from({ length: 900 }, () => ({ from: of(COMMUNITIES), to: of(COMMUNITIES), weight: 1 + of(400) })).filter((t) => t.from !== t.to).sort((a, b) => b.weight - a.weight),
};
const contacts = Array.from({ length: CONTACTS }, () => {
  const list = inside[people[of(PEOPLE)].community];
  return [list[of(list.length)], list[of(list.length)], 1 + of(50)];
}).filter(([a, b]) => a !== b);

/** Processor time of everything that this process has started: frames are late where others load the machine. */
function processorMs() {
  const all = readdirSync("/proc").filter((n) => /^\d+$/.test(n)).flatMap((pid) => {
    try {
      const f = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
      return [{ pid: Number(pid), parent: Number(f[1]), ticks: Number(f[11]) + Number(f[12]) }];
    } catch {
      return [];
    }
  });
  const below = new Set([process.pid]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const p of all) if (!below.has(p.pid) && below.has(p.parent)) grown = !!below.add(p.pid);
  }
  return 10 * all.filter((p) => below.has(p.pid) && p.pid !== process.pid).reduce((sum, p) => sum + p.ticks, 0);
}

async function frames(page, work) {
  const before = processorMs();
  await page.evaluate(() => {
    globalThis.times = [];
    const tick = (t) => void (globalThis.times.push(t), globalThis.counting && requestAnimationFrame(tick));
    globalThis.counting = true;
    requestAnimationFrame(tick);
  });
  await work();
  const spent = processorMs() - before;
  const shown = await page.evaluate(() => {
    globalThis.counting = false;
    const gaps = globalThis.times.slice(1).map((t, i) => t - globalThis.times[i]).sort((a, b) => a - b);
    return { frames: gaps.length, each_s: (1000 * gaps.length) / gaps.reduce((a, b) => a + b, 0), p95_ms: gaps[Math.floor(0.95 * gaps.length)] };
  });
  return { ...shown, processor_ms_a_frame: spent / shown.frames };
}

await withBrowser(async (context) => {
  const page = context.pages()[0];
  page.setDefaultTimeout(120000);
  await signIn(page, url, user, password);
  await sayWhy(page, "how fluent the network is");
  await page.route("**/api/network?*", (r) => r.fulfill({ json: network }));
  await page.route("**/api/network", (r) => r.fulfill({ json: network }));
  await page.route("**/api/network/people*", (r) => r.fulfill({ json: { people, people_in_all: PEOPLE, contacts, contacts_in_all: contacts.length } }));
  await page.goto(new URL("/network", url).href);
  await page.locator(".picture-stage canvas").first().waitFor();
  const begun = Date.now();
  await page.getByRole("button", { name: "Open all" }).click();
  await page.getByText(`People of ${COMMUNITIES} communities`).waitFor();
  await page.waitForTimeout(1500);
  const box = await page.locator(".picture-stage").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const drag = async () => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let i = 0; i < 90; i++) await page.mouse.move(x + 150 * Math.sin(i / 8), y + 100 * Math.sin(i / 11));
    await page.mouse.up();
  };
  const whole = await frames(page, async () => {
    await page.mouse.move(box.x + 8, box.y + 8);
    await page.mouse.down();
    for (let i = 0; i < 90; i++) await page.mouse.move(box.x + 8 + 150 * Math.abs(Math.sin(i / 8)), box.y + 8 + 100 * Math.abs(Math.sin(i / 11)));
    await page.mouse.up();
  });
  const community = await frames(page, drag);
  console.log(JSON.stringify({ opened_ms: Date.now() - begun, whole, community }));
  if (process.env.PICTURE !== undefined) await page.screenshot({ path: process.env.PICTURE });
});

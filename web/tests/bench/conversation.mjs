// A conversation of 50,000 messages: opened at its middle, and scrolled in both directions without gaps.
import { must } from "../drive/step.mjs";
import { painted, print, printSpread, watch } from "./measure.mjs";

const OPENINGS = 20;
const STEPS = 160;
const STEP_PX = 700;
const PAIR = "from:p0 to:p1";

/** Days of the two middle years, spread over them. */
const dayOf = (i) => new Date(Date.UTC(2024, 0, 1 + Math.round((i * 700) / OPENINGS))).toISOString().slice(0, 10);

const askOf = (page, path) => page.evaluate(async (p) => (await fetch(p, { headers: { "X-Ironside-Purpose": "a benchmark" } })).json(), path);
const READY = `document.querySelector(".search-thread .line-active, .conversation .line-active") !== null`;

async function opened(page, url) {
  const taken = [];
  for (let i = 0; i < OPENINGS; i++) {
    await page.goto(new URL(`/search?q=${encodeURIComponent(`${PAIR} after:${dayOf(i)}`)}&order=oldest`, url).href);
    await page.locator(".hit").first().waitFor();
    await page.waitForTimeout(300);
    await watch(page, "keydown", READY);
    await page.keyboard.press("j");
    taken.push(await painted(page));
  }
  printSpread("a conversation of 50,000 opened at a message in it", taken, "200 ms");
}

/** Whether each place down the middle of the thread shows a message, a day or an edge. */
const covered = (page) =>
  page.evaluate(() => {
    const box = document.querySelector(".thread").getBoundingClientRect();
    const lines = [...document.querySelectorAll(".thread > *")].map((e) => e.getBoundingClientRect()).filter((r) => r.bottom > box.top && r.top < box.bottom);
    const [first, last] = [lines[0], lines.at(-1)];
    const whole = first !== undefined && first.top <= box.top + 40 && last.bottom >= box.bottom - 60;
    return { whole, ids: [...document.querySelectorAll(".thread [data-id]")].map((e) => Number(e.dataset.id)) };
  });

async function scrolledWith(page, by) {
  const seen = new Set();
  let bare = 0;
  const begun = Date.now();
  for (let i = 0; i < STEPS; i++) {
    await page.mouse.wheel(0, by);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const at = await covered(page);
    if (!at.whole) bare++;
    for (const id of at.ids) seen.add(id);
  }
  return { seen, bare, ms: Date.now() - begun };
}

/** Of all that the desk has between the first and the last that was seen none is missing. */
async function missing(page, conversation, seen) {
  const one = async (id) => askOf(page, `/api/messages/${id}`);
  const all = (await Promise.all([Math.min(...seen), Math.max(...seen)].map(one))).map((m) => m.at).sort((a, b) => a - b);
  const there = new Set();
  for (let from = all[0]; from <= all[1]; ) {
    const { messages } = await askOf(page, `/api/threads/${conversation}?from=${from}&limit=100`);
    for (const m of messages) if (m.at <= all[1]) there.add(m.id);
    if (messages.length < 100) break;
    from = messages.at(-1).at;
  }
  return [...there].filter((id) => !seen.has(id)).length;
}

export async function read(page, url) {
  await opened(page, url);
  const { hits } = await askOf(page, `/api/search?q=${encodeURIComponent(`${PAIR} after:2024-09-01`)}&order=oldest&limit=1`);
  const { total } = await askOf(page, `/api/count?q=${encodeURIComponent(`in:${hits[0].conversation}`)}`);
  await page.goto(new URL(`/conversations/${hits[0].conversation}?message=${hits[0].id}`, url).href);
  await page.locator(".line-active").waitFor();
  const box = await page.locator(".thread").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const down = await scrolledWith(page, STEP_PX);
  const up = await scrolledWith(page, -STEP_PX);
  const seen = new Set([...down.seen, ...up.seen]);
  const gaps = await missing(page, hits[0].conversation, seen);
  print("messages in that conversation", total);
  print("scrolled through, down and up again", `${seen.size} messages in ${2 * STEPS} steps of ${STEP_PX} px, ${Math.round((down.ms + up.ms) / 2 / STEPS)} ms a step; ${gaps} left out, ${down.bare + up.bare} frames not filled`);
  must(gaps === 0, "messages are left out");
}

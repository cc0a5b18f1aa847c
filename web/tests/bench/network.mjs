// How fluently the network of the desk's 12,000 people is dragged, all communities open: the whole picture, and
// one community with its people.
import { loadNow, print, processorMs } from "./measure.mjs";

const MOVES = 90;

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
    return { frames: gaps.length, each: (1000 * gaps.length) / gaps.reduce((a, b) => a + b, 0), p95: gaps[Math.floor(0.95 * gaps.length)] };
  });
  return `${shown.each.toFixed(1)} frames a second, p95 ${Math.round(shown.p95)} ms between two, ${Math.round(spent / shown.frames)} ms of processor a frame (aim: 30 a second); load ${loadNow()}`;
}

async function drag(page, [x, y], path) {
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 0; i < MOVES; i++) await page.mouse.move(x + path * Math.abs(Math.sin(i / 8)), y + path * Math.abs(Math.sin(i / 11)));
  await page.mouse.up();
}

export async function dragged(page, url) {
  await page.goto(new URL("/network", url).href);
  await page.locator(".picture-stage canvas").first().waitFor();
  const begun = Date.now();
  await page.getByRole("button", { name: "Open all" }).click();
  await page.locator(".network-people tbody tr").first().waitFor();
  const drawn = Date.now() - begun;
  const people = await page.evaluate(async () => (await (await fetch("/api/network", { headers: { "X-Ironside-Purpose": "a benchmark" } })).json()).people);
  print("network: all communities opened", `${people} people, ${drawn} ms`);
  await page.waitForTimeout(1500);
  const box = await page.locator(".picture-stage").boundingBox();
  print("  the whole picture dragged", await frames(page, () => drag(page, [box.x + 8, box.y + 8], 150)));
  print("  a community dragged", await frames(page, () => drag(page, [box.x + box.width / 2, box.y + box.height / 2], 120)));
  if (process.env.PICTURE !== undefined) await page.screenshot({ path: process.env.PICTURE });
}

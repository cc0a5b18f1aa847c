// What the page's benchmark measures with: spreads, the machine's load, and when something is painted.
import { readdirSync, readFileSync } from "node:fs";

export const loadNow = () => Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]);

/** p50, p95 and the worst, in whole milliseconds. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)]);
  return { p50: at(0.5), p95: at(0.95), worst: at(1) };
}

export const print = (what, value) => console.log(`${what.padEnd(52)} ${value}`);
export const printSpread = (what, values, aim) => {
  const s = spread(values);
  print(what, `p50 ${s.p50} ms, p95 ${s.p95} ms, worst ${s.worst} ms of ${values.length} (aim: ${aim}); load ${loadNow()}`);
};

/** In the page: ms from `from` (an event's name, as the browser stamps it) until `ready` holds and a frame with it
 * was painted. Asked before the event, so that nothing of it is missed. */
export function watch(page, from, ready) {
  return page.evaluate(
    ([name, text]) => {
      const holds = new Function(`return (${text});`);
      let begun;
      globalThis.painted = new Promise((done) => {
        addEventListener(name, (e) => (begun ??= e.timeStamp), { capture: true });
        const look = () => {
          if (begun === undefined || !holds()) return void requestAnimationFrame(look);
          // This frame is painted once the task behind it runs.
          const channel = new MessageChannel();
          channel.port1.onmessage = () => done(performance.now() - begun);
          channel.port2.postMessage(0);
        };
        requestAnimationFrame(look);
      });
    },
    [from, ready],
  );
}
export const painted = (page) => page.evaluate(() => globalThis.painted);

/** Processor time of everything that this process has started: frames are late where others load the machine. */
export function processorMs() {
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

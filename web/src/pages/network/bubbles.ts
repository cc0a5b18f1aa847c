/** Places for communities: as bubbles that do not cover each other, nearer the more they have to do with each
 * other. The same for the same communities, on every machine. */
import { discPlaces, type Spot } from "./scene.ts";

export interface Bubble extends Spot {
  number: number;
  radius: number;
}

interface Tie {
  from: number;
  to: number;
  weight: number;
}

const STEPS = 240;
const GAP = 0.6;

/** Room for so many people, of radius 0.5 each. */
export const radiusOf = (people: number) => 0.9 * Math.sqrt(Math.max(1, people)) + 0.4;

function pull(b: Bubble[], ties: { a: number; b: number; pull: number }[], heat: number): void {
  for (const t of ties) {
    const [x, y] = [b[t.a], b[t.b]];
    if (x === undefined || y === undefined) continue;
    const by = heat * 0.06 * t.pull;
    const dx = (y.x - x.x) * by;
    const dy = (y.y - x.y) * by;
    x.x += dx;
    x.y += dy;
    y.x -= dx;
    y.y -= dy;
  }
  for (const one of b) {
    one.x *= 1 - 0.012 * heat;
    one.y *= 1 - 0.012 * heat;
  }
}

function apart(b: Bubble[]): void {
  for (let i = 0; i < b.length; i++)
    for (let k = i + 1; k < b.length; k++) {
      const [x, y] = [b[i], b[k]];
      if (x === undefined || y === undefined) continue;
      const dx = y.x - x.x || 1e-3 * (k - i);
      const dy = y.y - x.y || 1e-3;
      const far = Math.hypot(dx, dy);
      const near = x.radius + y.radius + GAP - far;
      if (near <= 0) continue;
      const share = x.radius / (x.radius + y.radius);
      x.x -= (dx / far) * near * (1 - share);
      x.y -= (dy / far) * near * (1 - share);
      y.x += (dx / far) * near * share;
      y.y += (dy / far) * near * share;
    }
}

export function bubbles(communities: readonly { number: number; size: number }[], ties: readonly Tie[]): Bubble[] {
  const area = communities.reduce((sum, c) => sum + radiusOf(c.size) ** 2, 0);
  const spots = discPlaces(communities.length, 1.6 * Math.sqrt(area));
  const b = communities.map((c, i) => ({ number: c.number, radius: radiusOf(c.size), x: spots[i]?.x ?? 0, y: spots[i]?.y ?? 0 }));
  const at = new Map(b.map((one, i) => [one.number, i]));
  const most = Math.max(1, ...ties.map((t) => t.weight));
  const known = ties.flatMap((t) => {
    const [x, y] = [at.get(t.from), at.get(t.to)];
    return x === undefined || y === undefined ? [] : [{ a: x, b: y, pull: Math.sqrt(t.weight / most) }];
  });
  for (let step = 0; step < STEPS; step++) {
    pull(b, known, 1 - step / STEPS);
    apart(b);
  }
  for (let step = 0; step < 60; step++) apart(b);
  return b;
}

/** Where of a scene one looks: a place of the scene is on the screen at its own times `scale`, and `x`, `y` further. */
import type { Circle, Spot } from "./scene.ts";

export interface View extends Spot {
  scale: number;
}
export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const EDGE_PX = 20;
const NEAR_PX = 4;
/** So many times nearer than the whole, and farther. */
const NEARER = 60;
const FARTHER = 0.5;

/** Around all circles, to their edges. */
export function frameOf(circles: readonly Circle[]): Frame {
  const f = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const c of circles) {
    f.left = Math.min(f.left, c.x - c.radius);
    f.top = Math.min(f.top, c.y - c.radius);
    f.right = Math.max(f.right, c.x + c.radius);
    f.bottom = Math.max(f.bottom, c.y + c.radius);
  }
  return f;
}
export const sameFrame = (a: Frame, b: Frame) => a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;

/** All of it, in the middle. */
export function whole(f: Frame, width: number, height: number): View {
  const across = Math.max(1e-6, f.right - f.left);
  const down = Math.max(1e-6, f.bottom - f.top);
  const scale = Math.max(1e-6, Math.min((width - 2 * EDGE_PX) / across, (height - 2 * EDGE_PX) / down));
  return { scale, x: width / 2 - (scale * (f.left + f.right)) / 2, y: height / 2 - (scale * (f.top + f.bottom)) / 2 };
}

export const onScreen = (v: View, s: Spot): Spot => ({ x: s.x * v.scale + v.x, y: s.y * v.scale + v.y });
export const moved = (v: View, by: Spot): View => ({ ...v, x: v.x + by.x, y: v.y + by.y });

/** Nearer or farther, where what lies at `at` of the screen stays there. */
export function zoomed(v: View, factor: number, at: Spot, all: View): View {
  const scale = Math.min(all.scale * NEARER, Math.max(all.scale * FARTHER, v.scale * factor));
  const by = scale / v.scale;
  return { scale, x: at.x + (v.x - at.x) * by, y: at.y + (v.y - at.y) * by };
}

/** What lies there, the uppermost: those that come later lie upon those before. */
export function hitAt(circles: readonly Circle[], v: View, at: Spot): Circle | undefined {
  const x = (at.x - v.x) / v.scale;
  const y = (at.y - v.y) / v.scale;
  let found: Circle | undefined;
  for (const c of circles) if (Math.hypot(c.x - x, c.y - y) <= Math.max(c.radius, NEAR_PX / v.scale)) found = c;
  return found;
}

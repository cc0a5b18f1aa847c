/** What pointers do to a drawing: one drags what it took hold of, or the whole; two zoom; a wheel, too. */
import type { Drawing } from "./drawing.ts";
import type { Spot } from "./scene.ts";

/** Less is a click. */
const DRAGGED_PX = 4;
const WHEEL = 0.0015;
const NEARER = 2;

interface Does {
  choose: (id: string | undefined) => void;
  open: (id: string) => void;
}

const between = (a: Spot, b: Spot): Spot => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const far = (a: Spot, b: Spot) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));

export function takeInHand(stage: HTMLElement, drawing: Drawing, does: Does): void {
  const down = new Map<number, Spot>();
  let held: string | undefined;
  let from: Spot = { x: 0, y: 0 };
  let dragged = false;
  const spotOf = (e: MouseEvent): Spot => {
    const box = stage.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  const pinch = (id: number, now: Spot) => {
    const [other] = [...down].filter(([one]) => one !== id);
    const before = down.get(id);
    if (other === undefined || before === undefined) return;
    const [old, middle] = [between(before, other[1]), between(now, other[1])];
    drawing.pan({ x: middle.x - old.x, y: middle.y - old.y });
    drawing.zoom(far(now, other[1]) / far(before, other[1]), middle);
  };
  const drag = (before: Spot, now: Spot) => {
    const by = { x: now.x - before.x, y: now.y - before.y };
    if (held === undefined) drawing.pan(by);
    else drawing.carry(held, by);
  };
  stage.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    const at = spotOf(e);
    stage.setPointerCapture(e.pointerId);
    down.set(e.pointerId, at);
    if (down.size > 1) return;
    [from, dragged, held] = [at, false, drawing.at(at)?.id];
  });
  stage.addEventListener("pointermove", (e) => {
    const now = spotOf(e);
    const before = down.get(e.pointerId);
    if (before === undefined) return drawing.point(drawing.at(now)?.id);
    dragged ||= down.size > 1 || far(from, now) >= DRAGGED_PX;
    if (!dragged) return;
    if (down.size > 1) pinch(e.pointerId, now);
    else drag(before, now);
    down.set(e.pointerId, now);
  });
  for (const name of ["pointerup", "pointercancel"] as const) stage.addEventListener(name, (e) => void down.delete(e.pointerId));
  stage.addEventListener("pointerleave", () => drawing.point(undefined));
  stage.addEventListener("click", (e) => dragged || does.choose(drawing.at(spotOf(e))?.id));
  stage.addEventListener("dblclick", (e) => {
    const hit = drawing.at(spotOf(e));
    if (hit === undefined) drawing.zoom(NEARER, spotOf(e));
    else does.open(hit.id);
  });
  stage.addEventListener("wheel", (e) => {
    e.preventDefault();
    drawing.zoom(Math.exp(-e.deltaY * WHEEL), spotOf(e));
  });
}

/** What is painted of a scene, layer by layer. */
import { colourOf, faded } from "../../parts/colour.ts";
import { bytesOf, putDisc, type Pixels } from "./discs.ts";
import type { Circle, Line } from "./scene.ts";
import { onScreen, type View } from "./view.ts";

/** The colours of the theme that is in force, each by its token. */
export interface Inks {
  of: (token: string) => string;
  bytes: (token: string) => number;
}
export function inksNow(): Inks {
  const colours = new Map<string, string>();
  const numbers = new Map<string, number>();
  const of = (token: string) => {
    const known = colours.get(token) ?? colourOf(token);
    colours.set(token, known);
    return known;
  };
  const bytes = (token: string) => {
    const known = numbers.get(token) ?? bytesOf(of(token));
    numbers.set(token, known);
    return known;
  };
  return { of, bytes };
}

/** Larger ones are painted by the canvas: there are few of them. */
const PUT_MOST_PX = 16;
const LINE_LEAST_PX = 0.6;
const GROUND = 0.16;
const CLOSED = 0.42;
const NAME_PX = 11;
const HALO_PX = 3;
const NAMED_FROM_PX = 7;
const NAMES_MOST = 160;

const isPerson = (c: Circle) => c.holds === undefined;
const inkOf = (c: Circle, chosen: string | undefined) => (c.id === chosen ? "ink" : c.colour);

export function paintLines(on: CanvasRenderingContext2D, lines: readonly Line[], at: ReadonlyMap<string, Circle>, v: View, inks: Inks): void {
  for (const l of lines) {
    const [from, to] = [at.get(l.from), at.get(l.to)];
    if (from === undefined || to === undefined) continue;
    const [a, b] = [onScreen(v, from), onScreen(v, to)];
    on.strokeStyle = l.strong === true ? inks.of("accent") : faded(inks.of("ink-faint"), 0.25 + 0.5 * l.weight);
    on.lineWidth = Math.max(LINE_LEAST_PX, (0.04 + 0.3 * l.weight) * v.scale);
    on.beginPath();
    on.moveTo(a.x, a.y);
    on.lineTo(b.x, b.y);
    on.stroke();
  }
}

/** Communities, and people who are drawn large. */
export function paintLarge(on: CanvasRenderingContext2D, circles: readonly Circle[], v: View, inks: Inks, chosen: string | undefined): void {
  const { width, height } = on.canvas;
  for (const c of circles) {
    const radius = c.radius * v.scale;
    const { x, y } = onScreen(v, c);
    if (isPerson(c) && radius <= PUT_MOST_PX) continue;
    if (x + radius < 0 || y + radius < 0 || x - radius > width || y - radius > height) continue;
    const ink = inks.of(inkOf(c, chosen));
    on.fillStyle = isPerson(c) || c.id === chosen ? ink : faded(ink, c.ground === true ? GROUND : CLOSED);
    on.beginPath();
    on.arc(x, y, radius, 0, 2 * Math.PI);
    on.fill();
  }
}

/** All others. `dense`: pixels of the screen for each of the page. */
export function putPeople(on: Pixels, circles: readonly Circle[], v: View, inks: Inks, chosen: string | undefined, dense: number): void {
  for (const c of circles) {
    const radius = c.radius * v.scale;
    if (isPerson(c) && radius <= PUT_MOST_PX) putDisc(on, (c.x * v.scale + v.x) * dense, (c.y * v.scale + v.y) * dense, radius * dense, inks.bytes(inkOf(c, chosen)));
  }
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}
const meet = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The name's place: upon a community, below a person. */
function boxOf(on: CanvasRenderingContext2D, c: Circle, v: View): Box {
  const { x, y } = onScreen(v, c);
  const half = on.measureText(c.label).width / 2 + 2;
  const top = isPerson(c) ? y + c.radius * v.scale + 2 : y - NAME_PX / 2;
  return { left: x - half, top, right: x + half, bottom: top + NAME_PX + 2 };
}

/** The names of the largest, as many as have room; always those of `wanted`. */
export function paintNames(on: CanvasRenderingContext2D, circles: readonly Circle[], v: View, inks: Inks, wanted: readonly (string | undefined)[]): void {
  on.font = `${NAME_PX}px system-ui, sans-serif`;
  on.textAlign = "center";
  on.textBaseline = "top";
  on.fillStyle = inks.of("ink");
  on.strokeStyle = inks.of("sunken");
  on.lineWidth = HALO_PX;
  on.lineJoin = "round";
  const isWanted = (c: Circle) => wanted.includes(c.id);
  const inOrder = circles
    .filter((c) => c.label !== "" && (isWanted(c) || c.radius * v.scale >= NAMED_FROM_PX))
    .sort((a, b) => Number(isWanted(b)) - Number(isWanted(a)) || b.radius - a.radius);
  const taken: Box[] = [];
  for (const c of inOrder.slice(0, NAMES_MOST)) {
    const box = boxOf(on, c, v);
    if (taken.some((t) => meet(t, box))) continue;
    taken.push(box);
    const middle = (box.left + box.right) / 2;
    on.strokeText(c.label, middle, box.top);
    on.fillText(c.label, middle, box.top);
  }
}

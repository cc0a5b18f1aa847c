/** Discs by the thousand, put into a picture's own pixels. A canvas takes some microseconds for each, where no graphics
 * card draws; this takes a small part of one, so that 12,000 people follow the hand. */
export interface Pixels {
  /** Each red, green, blue and alpha, from the lowest byte on. */
  data: Uint32Array;
  width: number;
  height: number;
}

const OPAQUE = 255;
/** A pixel is looked at in so many places across, and radii differ by that part of it. */
const FINE = 4;

interface Mask {
  reach: number;
  /** How much of each pixel is the disc's: 0 to 255. */
  cover: Uint8Array;
}
const masks: Mask[] = [];

function makeMask(radius: number): Mask {
  const reach = Math.ceil(radius);
  const side = 2 * reach + 1;
  const cover = new Uint8Array(side * side);
  for (const [i] of cover.entries()) {
    let inside = 0;
    for (let k = 0; k < FINE * FINE; k++) {
      const x = (i % side) - reach + ((k % FINE) + 0.5) / FINE - 0.5;
      const y = Math.floor(i / side) - reach + (Math.floor(k / FINE) + 0.5) / FINE - 0.5;
      if (x * x + y * y <= radius * radius) inside++;
    }
    cover[i] = (OPAQUE * inside) / (FINE * FINE);
  }
  return { reach, cover };
}

function maskOf(radius: number): Mask {
  const step = Math.max(2, Math.round(radius * FINE));
  return (masks[step] ??= makeMask(step / FINE));
}

/** "rgb(52, 81, 199)" as three bytes, without alpha. */
export function bytesOf(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return r | (g << 8) | (b << 16);
}

function mix(under: number, over: number, cover: number): number {
  const part = (shift: number) => {
    const below = (under >>> shift) & 0xff;
    return Math.round(below + ((((over >>> shift) & 0xff) - below) * cover) / OPAQUE) << shift;
  };
  return part(0) | part(8) | part(16);
}

/** One disc, its middle in the pixel that is nearest; what lies outside is left out. */
export function putDisc(to: Pixels, x: number, y: number, radius: number, colour: number): void {
  const { reach, cover } = maskOf(radius);
  const side = 2 * reach + 1;
  const left = Math.round(x) - reach;
  const top = Math.round(y) - reach;
  if (left >= to.width || top >= to.height || left + side <= 0 || top + side <= 0) return;
  for (let row = Math.max(0, -top); row < side && top + row < to.height; row++)
    for (let column = Math.max(0, -left); column < side && left + column < to.width; column++) {
      const part = cover[row * side + column] ?? 0;
      if (part === 0) continue;
      const at = (top + row) * to.width + left + column;
      const under = to.data[at] ?? 0;
      if (part === OPAQUE || under === 0) to.data[at] = ((part << 24) | colour) >>> 0;
      else to.data[at] = ((Math.max(part, under >>> 24) << 24) | mix(under, colour, part)) >>> 0;
    }
}

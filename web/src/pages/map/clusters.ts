/** Points that lie too near each other to be told apart become one: by cells of the picture, the fullest
 * first. */
export interface Point {
  x: number;
  y: number;
}

export interface Cluster<T extends Point> {
  x: number;
  y: number;
  of: T[];
}

export function clusters<T extends Point>(points: readonly T[], cell: number): Cluster<T>[] {
  const cells = new Map<string, T[]>();
  for (const p of points) {
    const key = `${Math.floor(p.x / cell)} ${Math.floor(p.y / cell)}`;
    const there = cells.get(key);
    if (there === undefined) cells.set(key, [p]);
    else there.push(p);
  }
  const middle = (of: T[]): Cluster<T> => ({
    x: of.reduce((sum, p) => sum + p.x, 0) / of.length,
    y: of.reduce((sum, p) => sum + p.y, 0) / of.length,
    of,
  });
  return [...cells.values()].map(middle).sort((a, b) => b.of.length - a.of.length);
}

const EARTH_KM = 6371;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

export function distanceKm(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const h = Math.sin(radians(b.lat - a.lat) / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Around all of them: the middle, and whole kilometres that reach the farthest, 1 at least. */
export function around(of: readonly { lat: number; lon: number }[]): { lat: number; lon: number; km: number } {
  const lat = of.reduce((sum, p) => sum + p.lat, 0) / of.length;
  const lon = of.reduce((sum, p) => sum + p.lon, 0) / of.length;
  return { lat, lon, km: Math.max(1, Math.ceil(Math.max(...of.map((p) => distanceKm({ lat, lon }, p))) + 0.1)) };
}

/** The world's countries, from world-atlas, and how they are projected. Nothing is fetched from elsewhere. */
import { geoGraticule10, geoNaturalEarth1, geoPath, type GeoPermissibleObjects, type GeoProjection } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlas from "world-atlas/countries-110m.json";
import { lettersOf } from "./country-codes.ts";

export const WIDTH = 960;
export const HEIGHT = 480;

export interface Country {
  key: string;
  /** Two letters; undefined: it has none. */
  code: string | undefined;
  shape: GeoPermissibleObjects;
}

const topology = atlas as unknown as Topology;

export const countries: Country[] = feature(topology, topology.objects["countries"] as GeometryCollection).features.map((f, i) => ({ key: `${i}`, code: lettersOf(f.id), shape: f }));

/** What is seen of the world: `zoom` 1 is all of it, around a middle in degrees. */
export interface Look {
  zoom: number;
  lat: number;
  lon: number;
}
/** As an address has it: "12.5,52.37,4.9"; undefined: not one. */
export function lookOf(text: string | null): Look | undefined {
  const [zoom = NaN, lat = NaN, lon = NaN, ...more] = (text ?? "").split(",").map((w) => (w === "" ? NaN : Number(w)));
  const good = more.length === 0 && zoom >= 1 && zoom <= ZOOM_MOST && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return good ? { zoom, lat, lon } : undefined;
}
export const textOfLook = (l: Look): string => `${Number(l.zoom.toFixed(2))},${l.lat.toFixed(4)},${l.lon.toFixed(4)}`;

export const whole: Look = { zoom: 1, lat: 0, lon: 0 };
export const ZOOM_MOST = 400;

export function projectionOf(look: Look): GeoProjection {
  const base = geoNaturalEarth1().fitSize([WIDTH, HEIGHT], { type: "Sphere" });
  const zoomed = geoNaturalEarth1().scale(base.scale() * look.zoom).translate([0, 0]);
  const [x = 0, y = 0] = zoomed([look.lon, look.lat]) ?? [];
  return zoomed.translate([WIDTH / 2 - x, HEIGHT / 2 - y]).clipExtent([
    [-20, -20],
    [WIDTH + 20, HEIGHT + 20],
  ]);
}

export const pathsOf = (projection: GeoProjection) => {
  const path = geoPath(projection);
  return { country: (c: Country) => path(c.shape) ?? "", lines: path(geoGraticule10()) ?? "" };
};

/** So near that all of them fill the picture. */
export function lookAt(of: readonly { lat: number; lon: number }[]): Look {
  if (of.length === 0) return whole;
  const reach = (values: number[]) => [Math.min(...values), Math.max(...values)] as const;
  const [south, north] = reach(of.map((p) => p.lat));
  const [west, east] = reach(of.map((p) => p.lon));
  const wide = Math.max(0.5, east - west, 2 * (north - south));
  return { zoom: Math.min(ZOOM_MOST, Math.max(1, 300 / wide)), lat: (south + north) / 2, lon: (west + east) / 2 };
}

/** Places by name, without asking anybody: the towns of GeoNames, loaded when something is first named. */

export interface Place {
  name: string;
  country: string;
  lat: number;
  lon: number;
}
export interface Near {
  place: Place;
  km: number;
}

const KM_A_DEGREE = 111.2;
/** Farther than this a town's name says nothing. */
const FAR_KM = 80;

/** Most people first. */
export function readPlaces(text: string): Place[] {
  return text.split("\n").map((line) => {
    const [name = "", country = "", lat = "0", lon = "0"] = line.split("\t");
    return { name, country, lat: Number(lat) / 100, lon: Number(lon) / 100 };
  });
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const apart = (a: number, b: number) => Math.abs(((a - b + 540) % 360) - 180);

/** On a plane: good enough for what is near. */
export function kmBetween(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  return KM_A_DEGREE * Math.hypot(a.lat - b.lat, apart(a.lon, b.lon) * Math.cos(radians((a.lat + b.lat) / 2)));
}

/** The nearest town; undefined: there is none near. */
export function nearest(places: readonly Place[], at: { lat: number; lon: number }): Near | undefined {
  let found: Near | undefined;
  for (const place of places) {
    if (Math.abs(place.lat - at.lat) * KM_A_DEGREE > (found?.km ?? FAR_KM)) continue;
    const km = kmBetween(place, at);
    if (km < (found?.km ?? FAR_KM)) found = { place, km };
  }
  return found;
}

let loaded: Promise<Place[]> | undefined;
export const loadPlaces = (): Promise<Place[]> => (loaded ??= import("./towns.txt").then((t) => readPlaces(t.default)));

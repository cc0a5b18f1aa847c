/** The town that a position is in or near. Nothing until the towns are there, and where there is none. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { countryOf } from "../app/numbers.ts";
import { loadPlaces, nearest, type Place } from "./places.ts";

const IN_KM = 2;

export function usePlaces(): Place[] {
  const [places, setPlaces] = useState<Place[]>([]);
  useEffect(() => {
    let wanted = true;
    loadPlaces()
      .then((p) => wanted && setPlaces(p))
      .catch(() => undefined); // the numbers stand there without
    return () => {
      wanted = false;
    };
  }, []);
  return places;
}

export function PlaceName({ lat, lon }: { lat: number; lon: number }) {
  const places = usePlaces();
  const near = useMemo(() => nearest(places, { lat, lon }), [places, lat, lon]);
  if (near === undefined) return null;
  return (
    <span title={countryOf(near.place.country)}>
      {near.km < IN_KM ? near.place.name : `${Math.round(near.km)} km from ${near.place.name}`}, {near.place.country}
    </span>
  );
}

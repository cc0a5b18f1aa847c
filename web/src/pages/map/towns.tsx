/** The largest towns of what the map shows, by name, as far as there is room. */
import { useMemo } from "preact/hooks";
import { usePlaces } from "../../places/place-name.tsx";
import type { Place } from "../../places/places.ts";
import { HEIGHT, projectionOf, WIDTH, type Look } from "./world.ts";

const MOST = 24;
/** From this zoom on: of the whole world only countries are told apart. */
const FROM_ZOOM = 3;
const ROOM = { x: 90, y: 26 };

interface Named {
  x: number;
  y: number;
  of: Place;
}

/** Most people first: what comes later keeps away from what is there. */
export function namedIn(places: readonly Place[], look: Look): Named[] {
  if (look.zoom < FROM_ZOOM) return [];
  const projection = projectionOf(look);
  const named: Named[] = [];
  for (const of of places) {
    const [x, y] = projection([of.lon, of.lat]) ?? [-1, -1];
    if (x < 0 || y < 0 || x > WIDTH || y > HEIGHT) continue;
    if (named.some((n) => Math.abs(n.x - x) < ROOM.x && Math.abs(n.y - y) < ROOM.y)) continue;
    if (named.push({ x, y, of }) === MOST) break;
  }
  return named;
}

export function Towns({ look }: { look: Look }) {
  const places = usePlaces();
  const named = useMemo(() => namedIn(places, look), [places, look]);
  return (
    <g class="map-towns">
      {named.map((n) => (
        <g key={`${n.of.name} ${n.of.lat}`}>
          <circle cx={n.x} cy={n.y} r={1.5} />
          <text x={n.x} y={n.y} dx={4} dy="0.35em">
            {n.of.name}
          </text>
        </g>
      ))}
    </g>
  );
}

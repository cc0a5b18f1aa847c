/** The map as a picture: countries by how many people, positions as points, trails of who moved. Dragged and
 * zoomed; the tables beside it say the same. */
import { useMemo, useRef } from "preact/hooks";
import { countOf, countryOf } from "../../app/numbers.ts";
import { IconButton, Button } from "../../parts/button.tsx";
import { groupOf, handleOf } from "../../parts/person.tsx";
import { clusters, type Cluster, type Point } from "./clusters.ts";
import { trails, type Position } from "./moving.ts";
import { Towns } from "./towns.tsx";
import { countries, HEIGHT, pathsOf, projectionOf, whole, WIDTH, ZOOM_MOST, type Look } from "./world.ts";

const CELL = 18;
type Placed = Point & { of: Position };

interface Props {
  look: Look;
  setLook: (l: Look) => void;
  people: ReadonlyMap<string, number>;
  positions: Position[];
  chooseCountry: (code: string) => void;
  choosePlace: (of: Position[]) => void;
}

/** Five steps of one colour: more people, more of it. */
function stepOf(people: number, most: number): number {
  return people === 0 ? 0 : Math.max(1, Math.ceil(5 * Math.sqrt(people / Math.max(1, most))));
}

function Land({ look, people, choose }: { look: Look; people: ReadonlyMap<string, number>; choose: (code: string) => void }) {
  const projection = useMemo(() => projectionOf(look), [look]);
  const paths = useMemo(() => {
    const p = pathsOf(projection);
    return { lines: p.lines, countries: countries.map((c) => ({ ...c, d: p.country(c) })).filter((c) => c.d !== "") };
  }, [projection]);
  const most = Math.max(1, ...people.values());
  return (
    <>
      <path class="map-lines" d={paths.lines} />
      {paths.countries.map((c) => {
        const count = c.code === undefined ? 0 : (people.get(c.code) ?? 0);
        return (
          <path key={c.key} class={`map-country map-step-${stepOf(count, most)}`} d={c.d} onClick={() => c.code !== undefined && count > 0 && choose(c.code)}>
            <title>{c.code === undefined ? "" : `${countryOf(c.code)}: ${countOf(count, "person", "people")}`}</title>
          </path>
        );
      })}
    </>
  );
}

function Points({ look, positions, choose }: { look: Look; positions: Position[]; choose: (of: Position[]) => void }) {
  const { placed, ways } = useMemo(() => {
    const projection = projectionOf(look);
    const at = (p: Position) => projection([p.lon, p.lat]) ?? [-1, -1];
    const inside = ([x = -1, y = -1]: number[]) => x >= 0 && y >= 0 && x <= WIDTH && y <= HEIGHT;
    return {
      placed: positions.map((p): Placed => ({ x: at(p)[0], y: at(p)[1], of: p })).filter((p) => inside([p.x, p.y])),
      ways: [...trails(positions)].filter(([, way]) => way.length > 1).map(([who, way]) => ({ who, points: way.map((p) => at(p).map((n) => n.toFixed(1)).join(",")).join(" ") })),
    };
  }, [look, positions]);
  const there = useMemo(() => clusters(placed, CELL), [placed]);
  const title = (c: Cluster<Placed>) => `${countOf(c.of.length, "position")}: ${[...new Set(c.of.map((p) => handleOf(p.of.from)))].slice(0, 5).join(", ")}`;
  return (
    <>
      {ways.map((w) => (
        <polyline key={w.who} class="map-trail" points={w.points} style={{ stroke: `var(--group-${groupOf(w.who)})` }} />
      ))}
      {there.map((c) => (
        <g key={c.of[0]?.of.id} class="map-point" onClick={() => choose(c.of.map((p) => p.of))}>
          <circle cx={c.x} cy={c.y} r={4 + 2.2 * Math.log2(c.of.length)} style={{ fill: c.of.length === 1 ? `var(--group-${groupOf(c.of[0]?.of.from ?? "")})` : undefined }} />
          {c.of.length > 1 && (
            <text x={c.x} y={c.y} dy="0.35em">
              {c.of.length}
            </text>
          )}
          <title>{title(c)}</title>
        </g>
      ))}
    </>
  );
}

export function MapPicture({ look, setLook, people, positions, chooseCountry, choosePlace }: Props) {
  const held = useRef<{ x: number; y: number; moved: boolean } | undefined>(undefined);
  const zoom = (by: number) => setLook({ ...look, zoom: Math.min(ZOOM_MOST, Math.max(1, look.zoom * by)) });
  const drag = (e: PointerEvent) => {
    const h = held.current;
    if (h === undefined || !(e.currentTarget instanceof SVGElement)) return;
    const size = WIDTH / e.currentTarget.clientWidth;
    const [dx, dy] = [(e.clientX - h.x) * size, (e.clientY - h.y) * size];
    if (!h.moved && Math.hypot(dx, dy) < 4) return;
    const to = projectionOf(look).invert?.([WIDTH / 2 - dx, HEIGHT / 2 - dy]);
    held.current = { x: e.clientX, y: e.clientY, moved: true };
    if (to !== undefined && to !== null && Math.abs(to[1]) < 84) setLook({ ...look, lon: to[0], lat: to[1] });
  };
  const free = (choose: () => void) => {
    if (held.current?.moved !== true) choose();
  };
  return (
    <div class="map-picture" role="group" aria-label="The map, drawn">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        aria-hidden="true"
        onPointerDown={(e) => (held.current = { x: e.clientX, y: e.clientY, moved: false })}
        onPointerMove={(e) => e.buttons === 1 && drag(e)}
        onWheel={(e) => {
          if (!e.ctrlKey && !e.shiftKey) return;
          e.preventDefault();
          zoom(e.deltaY < 0 ? 1.25 : 0.8);
        }}
      >
        <Land look={look} people={people} choose={(code) => free(() => chooseCountry(code))} />
        <Towns look={look} />
        <Points look={look} positions={positions} choose={(of) => free(() => choosePlace(of))} />
      </svg>
      <div class="map-keys row">
        <IconButton icon="plus" kind="plain" label="Nearer" onClick={() => zoom(1.8)} />
        <IconButton icon="minus" kind="plain" label="Farther" onClick={() => zoom(1 / 1.8)} />
        <Button onClick={() => setLook(whole)}>The world</Button>
      </div>
    </div>
  );
}

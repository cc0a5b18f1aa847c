/** Pictures around people: who is near one, and the ways between two. */
import type { Around, Paths } from "../../api/schema.ts";
import { groupOf, handleOf } from "../../parts/person.tsx";
import { personId } from "./community-scene.ts";
import { valueOf, type Measure } from "./measures.ts";
import { scaled, type Circle, type Scene } from "./scene.ts";

const RING = 6;

/** The person in the middle, others in rings: by steps, and within a step so many that names can be read. */
export function aroundScene(of: Around, by: Measure): Scene {
  const most = Math.max(valueOf(of.of, by), ...of.people.map((p) => valueOf(p, by)));
  const heaviest = Math.max(1, ...of.people.map((p) => p.weight));
  const circle = (person: Around["of"], x: number, y: number): Circle => ({
    id: personId(person.person),
    x,
    y,
    radius: scaled(valueOf(person, by), most, 0.35, 1.1),
    colour: `group-${(person.community % 8) + 1}`,
    label: handleOf(person.person),
  });
  const circles = [circle(of.of, 0, 0)];
  let ring = 0;
  for (let at = 0; at < of.people.length; ring++) {
    const steps = of.people[at]?.steps;
    const here = of.people.slice(at, at + 14 + 10 * ring).filter((p) => p.steps === steps);
    here.forEach((p, i) => {
      const angle = (2 * Math.PI * (i + 0.5 * (ring % 2))) / here.length - Math.PI / 2;
      circles.push(circle(p, RING * (ring + 1) * Math.cos(angle), RING * (ring + 1) * Math.sin(angle)));
    });
    at += here.length;
  }
  const near = of.people.filter((p) => p.steps === 1);
  return { circles, lines: near.map((p) => ({ from: personId(of.of.person), to: personId(p.person), weight: p.weight / heaviest })) };
}

/** From left to right, a column for each step. */
export function pathScene(of: Paths): Scene {
  const columns: string[][] = [];
  for (const path of of.paths)
    for (const [step, person] of path.entries()) {
      const column = (columns[step] ??= []);
      if (!column.includes(person)) column.push(person);
    }
  const circles = columns.flatMap((column, step) =>
    column.map((person, i) => ({
      id: personId(person),
      x: step * RING,
      y: (i - (column.length - 1) / 2) * 3,
      radius: 0.7,
      colour: `group-${groupOf(person)}`,
      label: handleOf(person),
    })),
  );
  const seen = new Set<string>();
  const lines = of.paths.flatMap((path) =>
    path.slice(1).flatMap((to, i) => {
      const from = path[i] ?? to;
      const key = `${from}\n${to}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ from: personId(from), to: personId(to), weight: 1, strong: true }];
    }),
  );
  return { circles, lines };
}

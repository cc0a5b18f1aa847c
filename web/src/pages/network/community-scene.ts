/** The network's picture: communities as bubbles, and in those that are open their people. */
import type { Network, NetworkPeople } from "../../api/schema.ts";
import { handleOf } from "../../parts/person.tsx";
import { bubbles, type Bubble } from "./bubbles.ts";
import { communityColours } from "./colours.ts";
import { valueOf, type Measure } from "./measures.ts";
import { discPlaces, scaled, type Circle, type Line, type Scene } from "./scene.ts";

const TIES_SHOWN = 3;
export const bubbleId = (number: number) => `c${number}`;
export const personId = (person: string) => `p${person}`;

export interface Laid {
  bubbles: Bubble[];
  colours: Map<number, number>;
}
export const layOut = (of: Network): Laid => ({ bubbles: bubbles(of.communities, of.ties), colours: communityColours(of.communities, of.ties) });

/** Of each community its heaviest ties: a picture, and no thousand lines. */
export function tiesShown(of: Network): Line[] {
  const count = new Map<number, number>();
  const most = Math.max(1, ...of.ties.map((t) => t.weight));
  const left = (n: number) => (count.get(n) ?? 0) < TIES_SHOWN;
  const lines: Line[] = [];
  for (const t of of.ties) {
    if (!left(t.from) && !left(t.to)) continue;
    for (const n of [t.from, t.to]) count.set(n, (count.get(n) ?? 0) + 1);
    lines.push({ from: bubbleId(t.from), to: bubbleId(t.to), weight: t.weight / most });
  }
  return lines;
}

function peopleIn(b: Bubble, people: NetworkPeople, colour: string, by: Measure): Circle[] {
  const most = Math.max(...people.people.map((p) => valueOf(p, by)));
  const spots = discPlaces(people.people.length, b.radius - 0.6);
  return people.people.map((p, i) => ({
    id: personId(p.person),
    x: b.x + (spots[i]?.x ?? 0),
    y: b.y + (spots[i]?.y ?? 0),
    radius: scaled(valueOf(p, by), most, 0.18, 0.6),
    colour,
    label: handleOf(p.person),
  }));
}

function contactsIn(people: NetworkPeople): Line[] {
  const most = Math.max(1, ...people.contacts.map((c) => c[2] ?? 0));
  return people.contacts.flatMap(([a = -1, b = -1, weight = 0]) => {
    const [x, y] = [people.people[a], people.people[b]];
    return x === undefined || y === undefined ? [] : [{ from: personId(x.person), to: personId(y.person), weight: weight / most }];
  });
}

export function communityScene(of: Network, laid: Laid, open: ReadonlyMap<number, NetworkPeople>, by: Measure): Scene {
  const circles: Circle[] = [];
  const members: Circle[] = [];
  const lines = tiesShown(of);
  for (const b of laid.bubbles) {
    const community = of.communities.find((c) => c.number === b.number);
    const people = open.get(b.number);
    const colour = `group-${laid.colours.get(b.number) ?? 1}`;
    const inside = people === undefined ? [] : peopleIn(b, people, colour, by);
    if (people !== undefined) lines.push(...contactsIn(people));
    members.push(...inside);
    circles.push({
      id: bubbleId(b.number),
      x: b.x,
      y: b.y,
      radius: b.radius,
      colour,
      ground: people !== undefined,
      label: people !== undefined ? "" : handleOf(community?.members[0] ?? ""),
      holds: inside.map((c) => c.id),
    });
  }
  return { circles: [...circles, ...members], lines };
}

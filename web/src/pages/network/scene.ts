/** What a picture of a network is drawn of: circles with places and sizes, lines between them. Nothing in it
 * knows how it is drawn. */
export interface Circle {
  id: string;
  x: number;
  y: number;
  radius: number;
  /** A token of a colour. */
  colour: string;
  /** Pale: others are drawn upon it. */
  ground?: boolean;
  label: string;
  /** These move with it. */
  holds?: string[];
}

export interface Line {
  from: string;
  to: string;
  /** 0 to 1: the heaviest of the picture. */
  weight: number;
  /** It belongs to what is asked for. */
  strong?: boolean;
}

export interface Scene {
  circles: Circle[];
  lines: Line[];
}

export interface Spot {
  x: number;
  y: number;
}

/** Places in a disc, evenly, from its middle outwards: as the seeds of a sunflower lie. */
export function discPlaces(count: number, radius: number): Spot[] {
  const turn = Math.PI * (3 - Math.sqrt(5));
  return Array.from({ length: count }, (_, i) => {
    const far = radius * Math.sqrt((i + 0.5) / count);
    return { x: far * Math.cos(i * turn), y: far * Math.sin(i * turn) };
  });
}

/** A number's place between the least and the greatest: sizes that can be told apart. */
export function scaled(value: number, most: number, least: number, greatest: number): number {
  return most <= 0 ? least : least + (greatest - least) * Math.sqrt(Math.max(0, value) / most);
}

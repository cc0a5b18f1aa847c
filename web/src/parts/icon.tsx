/** Icons: strokes of 1.5 on a grid of 16. They say nothing to a screen reader; the words beside do. */
const paths = {
  overview: "M2 2.5h5v5H2zM9 2.5h5v3H9zM9 7.5h5v6H9zM2 9.5h5v4H2z",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7 14 14",
  threat: "M8 1.8 14.6 13.5H1.4zM8 6v3.6M8 11.6v.2",
  conversation: "M2 3h12v8H7l-3 2.6V11H2z",
  people: "M6 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 6 8zM1.5 13.5c.3-2.4 2-3.6 4.5-3.6s4.2 1.2 4.5 3.6M10.8 3.2a2.4 2.4 0 0 1 0 4.4M12.2 10.2c1.4.5 2.2 1.6 2.4 3.3",
  organisation: "M3 13.5v-11h6v11M9 6h4v7.5M1.5 13.5h13M5 5h2M5 7.5h2M5 10h2M11 8.5h.2M11 11h.2",
  network: "M8 4.6a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM3 14.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM13 14.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM7.2 4.4 3.8 11M8.8 4.4l3.4 6.6M4.8 12.7h6.4",
  map: "M8 14.5s4.8-4.2 4.8-8A4.8 4.8 0 0 0 3.2 6.5c0 3.8 4.8 8 4.8 8zM8 8.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  timeline: "M1.5 13.5h13M3 13.5v-4M6.3 13.5v-8M9.7 13.5v-5.5M13 13.5v-10.5",
  gallery: "M2 2.5h12v11H2zM2 11l3.5-3.5 3 3 2-2L14 12M10.5 6.2h.2",
  case: "M1.8 4.5h12.4v9H1.8zM5.5 4.5v-2h5v2M1.8 8.5h12.4",
  saved: "M4 2h8v12l-4-3-4 3z",
  rule: "M2 4h7M2 8h12M2 12h9M12 2.5v3M13.5 10.5v3",
  privilege: "M8 1.5 13.5 4v4c0 3.2-2.3 5.6-5.5 6.5C4.8 13.6 2.5 11.2 2.5 8V4z",
  warrant: "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.5 8h5M5.5 10.5h5",
  audit: "M3 2h10v12H3zM5.5 5h5M5.5 8h5M5.5 11h3",
  admin: "M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4",
  duplicate: "M5.5 5.5h8v8h-8zM2.5 10.5v-8h8",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  check: "M2.5 8.5 6.5 12.5 13.5 3.5",
  tag: "M2 2h5.5L14 8.5 8.5 14 2 7.5zM5 5h.2",
  eye: "M1.2 8S3.6 3.2 8 3.2 14.8 8 14.8 8 12.4 12.8 8 12.8 1.2 8 1.2 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  flag: "M3 14.5V2h9l-2 3.5L12 9H3",
  note: "M2.5 2.5h11v7.5l-3.5 3.5h-7.5zM13.5 10H10v3.5M5 6h6M5 8.7h3",
  export: "M8 10.5v-9M4.5 5 8 1.5 11.5 5M2 10.5v3.5h12v-3.5",
  undo: "M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
  more: "M3 8h.2M8 8h.2M13 8h.2",
  left: "M10 3 5 8l5 5",
  right: "M6 3l5 5-5 5",
  up: "M3 10l5-5 5 5",
  down: "M3 6l5 5 5-5",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7z",
  system: "M2 3h12v8H2zM6 14h4M8 11v3",
  clock: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 1.5",
  help: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM6.2 6.3c0-2.3 3.6-2.2 3.6 0 0 1.4-1.8 1.5-1.8 3M8 11.5v.2",
  key: "M5.5 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM9 8h5.5v2.5M12 8v2",
  leave: "M6.5 2.5H2.5v11h4M10.5 4.5 14 8l-3.5 3.5M14 8H6",
  proof: "M8 1.5 13.5 4v4c0 3.2-2.3 5.6-5.5 6.5C4.8 13.6 2.5 11.2 2.5 8V4zM5.5 8l2 2 3-4",
  play: "M4 2.5v11l9-5.5z",
  pause: "M5 3v10M11 3v10",
  file: "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3",
  globe: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM1.5 8h13M8 1.5c2 2 2.6 4 2.6 6.5S10 12.5 8 14.5M8 1.5c-2 2-2.6 4-2.6 6.5s.6 4.5 2.6 6.5",
  sound: "M2 6h2.5L8 3v10l-3.5-3H2zM10.5 5.5a3.5 3.5 0 0 1 0 5M12.5 3.5a6.3 6.3 0 0 1 0 9",
  mute: "M2 6h2.5L8 3v10l-3.5-3H2zM10.5 6l4 4M14.5 6l-4 4",
  minus: "M3 8h10",
  plus: "M8 3v10M3 8h10",
  assign: "M7 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 7 8zM2 13.5c.3-2.4 2.2-3.6 5-3.6M9.5 12h5M12.5 10l2 2-2 2",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

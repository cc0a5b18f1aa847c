/** Wherever one wants to go, and whatever can be done here, by a few letters of its name: pages, what this page's
 * keys do, people, and a search of what was written. */
import { signal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { handleOf } from "../parts/person.tsx";
import { layers } from "./keys.ts";
import { matching } from "./matching.ts";
import { navigate } from "./router.ts";
import { pagesOf } from "./routes.ts";
import { looks, reads, type Role } from "./session.ts";

export const paletteOpen = signal(false);
export const PALETTE_KEY = "ctrl+k";

interface Choice {
  text: string;
  help: string;
  run: () => void;
}

const MOST = 9;
const PEOPLE_MOST = 4;
const PAUSE_MS = 90;

const pageChoices = (role: Role): Choice[] => pagesOf(role).flatMap((p) => (p.rail === undefined ? [] : [{ text: p.title, help: `page, g ${p.rail.key}`, run: () => navigate(p.address) }]));
/** What this page does comes before what every page does. */
const keyChoices = (): Choice[] => [...layers.value].reverse().flatMap((l) => l.keys.filter((k) => k.keys !== PALETTE_KEY && !k.keys.startsWith("g ")).map((k) => ({ text: k.what, help: `${l.title}, ${k.keys}`, run: k.run })));

function usePeople(text: string): Choice[] {
  const [people, setPeople] = useState<Choice[]>([]);
  useEffect(() => {
    setPeople([]);
    if (text === "" || !looks()) return;
    let wanted = true;
    const find = () =>
      ask("GET /api/people", { query: { prefix: text, limit: PEOPLE_MOST } })
        .then((a) => wanted && setPeople(a.people.map((p) => ({ text: handleOf(p.account), help: ["person", p.name, p.organisation].filter((w) => w !== "").join(", "), run: () => navigate(`/people/${encodeURIComponent(p.account)}`) }))))
        .catch(() => undefined); // a help: the rest is there
    const timer = setTimeout(() => void find(), PAUSE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text]);
  return people;
}

const close = () => (paletteOpen.value = false);
/** Once the dialog has given the focus back. */
const take = (c: Choice | undefined) => {
  close();
  if (c !== undefined) setTimeout(c.run);
};

function Inside({ role }: { role: Role }) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const text = typed.trim();
  const people = usePeople(text);
  const here = useMemo(() => [...pageChoices(role), ...keyChoices()], [role]);
  const words: Choice[] = text === "" || !reads() ? [] : [{ text: `Search for ${text}`, help: "all messages", run: () => navigate(`/search?q=${encodeURIComponent(text)}`) }];
  const shown = [...matching(here, text).slice(0, MOST - people.length - words.length), ...people, ...words];
  useEffect(() => setAt(0), [text]);
  const press = (e: KeyboardEvent) => {
    const step = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
    if (e.key === "Enter") take(shown[at]);
    else if (step !== 0 && shown.length > 0) setAt((at + step + shown.length) % shown.length);
    else return;
    e.preventDefault();
  };
  return (
    <Dialog title="Go to, or do" close={close}>
      <Field label="A page, a person, or what to do" value={typed} role="combobox" aria-expanded={true} aria-controls="palette" aria-activedescendant={`palette-${at}`} autocomplete="off" autofocus dir="auto" onInput={(e) => setTyped(e.currentTarget.value)} onKeyDown={press} />
      <ul class="palette" id="palette" role="listbox" aria-label="What there is">
        {shown.map((c, i) => (
          <li key={`${c.text} ${c.help}`} id={`palette-${i}`} role="option" aria-selected={i === at} class="offer" onClick={() => take(c)}>
            <span dir="auto">{c.text}</span>
            <span class="faint cut">{c.help}</span>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p class="faint">Nothing here has this name.</p>}
    </Dialog>
  );
}

export function Palette({ role }: { role: Role }) {
  return paletteOpen.value ? <Inside role={role} /> : null;
}

/** Shortcuts. A page says which it has with `useKeys`; the help (`?`) shows those that are in force. */
import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

export interface Key {
  /** "j", "?", "g o" (one after the other), "Escape", "ctrl+k" */
  keys: string;
  /** What it does, as the help says it. */
  what: string;
  run: () => void;
  /** In a text field, too. */
  always?: boolean;
}

interface Layer {
  title: string;
  keys: Key[];
}
export const layers = signal<Layer[]>([]);

/** In force as soon as what they act on is shown. */
export function useKeys(title: string, keys: Key[]): void {
  useLayoutEffect(() => {
    const layer = { title, keys };
    layers.value = [...layers.value, layer];
    return () => {
      layers.value = layers.value.filter((l) => l !== layer);
    };
  });
}

let before = "";
let timer: ReturnType<typeof setTimeout> | undefined;

function wordOf(e: KeyboardEvent): string {
  const held = e.ctrlKey || e.metaKey ? "ctrl+" : "";
  return held + (e.key === " " ? "Space" : e.key);
}

const writes = (t: EventTarget | null) =>
  t instanceof HTMLElement &&
  (t.isContentEditable || t instanceof HTMLTextAreaElement || t instanceof HTMLSelectElement ||
    (t instanceof HTMLInputElement && !["checkbox", "radio", "range", "button"].includes(t.type)));

/** Enter and blank belong to the button or link that has the focus. */
const presses = (e: KeyboardEvent) =>
  (e.key === "Enter" || e.key === " ") && e.target instanceof Element && e.target.closest("button, a, summary") !== null;

function find(word: string, writing: boolean): Key | undefined {
  for (const layer of [...layers.value].reverse()) {
    const found = layer.keys.find((k) => k.keys === word && (!writing || k.always === true));
    if (found !== undefined) return found;
  }
  return undefined;
}

function press(e: KeyboardEvent): void {
  if (e.defaultPrevented || e.altKey || e.isComposing || presses(e)) return;
  const open = document.querySelector("dialog[open]") !== null;
  const word = wordOf(e);
  const writing = writes(e.target) || open;
  const found = (before === "" ? undefined : find(`${before} ${word}`, writing)) ?? find(word, writing);
  clearTimeout(timer);
  before = writing || word.startsWith("ctrl+") ? "" : word;
  timer = setTimeout(() => (before = ""), 800);
  if (found === undefined) return;
  before = "";
  e.preventDefault();
  found.run();
}

export function listenToKeys(): void {
  addEventListener("keydown", press);
}

/** What this browser remembers of how its user wants the page: never anything of messages. */
import { effect, signal, type Signal } from "@preact/signals";

function read(name: string): string | null {
  try {
    return localStorage.getItem(`ironside.${name}`);
  } catch {
    return null;
  }
}

export function kept<T extends string>(name: string, otherwise: T): Signal<T> {
  const s = signal<T>((read(name) as T | null) ?? otherwise);
  effect(() => {
    const value = s.value;
    try {
      localStorage.setItem(`ironside.${name}`, value);
    } catch {
      /* a browser that keeps nothing: it is asked again next time */
    }
  });
  return s;
}

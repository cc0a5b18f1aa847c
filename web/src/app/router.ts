/** Addresses. Every state that a colleague may want to see stands in one. */
import { computed, signal } from "@preact/signals";

const here = () => ({ path: location.pathname, query: location.search });
export const address = signal(here());
export const path = computed(() => address.value.path);
export const query = computed(() => new URLSearchParams(address.value.query));

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === location.pathname + location.search) return;
  history[options.replace === true ? "replaceState" : "pushState"](null, "", to);
  address.value = here();
}

/** The address of this page with other parameters; undefined or "" takes one out. */
export function withQuery(changes: Record<string, string | undefined>, of: string = address.value.path): string {
  const next = new URLSearchParams(of === address.value.path ? address.value.query : "");
  for (const [name, value] of Object.entries(changes))
    if (value === undefined || value === "") next.delete(name);
    else next.set(name, value);
  const text = next.toString();
  return text === "" ? of : `${of}?${text}`;
}

function linkOf(e: MouseEvent): HTMLAnchorElement | undefined {
  const plain = e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey && !e.defaultPrevented;
  const link = plain ? (e.target as Element).closest("a") : null;
  return link !== null && link.origin === location.origin && link.target === "" && !link.hasAttribute("download")
    ? link
    : undefined;
}

/** Links stay in the page; what stands in the address bar is what is shown. */
export function listenToAddress(): void {
  addEventListener("popstate", () => (address.value = here()));
  addEventListener("click", (e) => {
    const link = linkOf(e);
    if (link === undefined || link.pathname.startsWith("/api/")) return;
    e.preventDefault();
    if (link.hash !== "" && link.pathname === location.pathname && link.search === location.search) {
      document.querySelector<HTMLElement>(link.hash)?.focus();
      return;
    }
    navigate(link.pathname + link.search);
  });
}

/** "/people/{account}" against "/people/anna": its parts; undefined: another. */
export function match(pattern: string, at: string): Record<string, string> | undefined {
  const want = pattern.split("/");
  const got = at.split("/");
  if (want.length !== got.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [i, piece] of want.entries()) {
    const value = got[i] ?? "";
    if (piece.startsWith("{")) parts[piece.slice(1, -1)] = decodeURIComponent(value);
    else if (piece !== value) return undefined;
  }
  return parts;
}

/** The shortcuts of every page. */
import { helpOpen } from "./help.tsx";
import { useKeys, type Key } from "./keys.ts";
import { PALETTE_KEY, paletteOpen } from "./palette.tsx";
import { navigate } from "./router.ts";
import { pagesOf } from "./routes.ts";
import { askPurpose, reads, sees, type Role } from "./session.ts";
import { nextTheme } from "./theme.ts";
import { undoLast } from "./toasts.ts";

/** The page's own box, or the one above it. */
function toSearch(): void {
  const box = document.querySelector<HTMLInputElement>("#search-box, #top-search");
  box?.focus();
  box?.select();
}

export function useShellKeys(role: Role): void {
  const go: Key[] = pagesOf(role).flatMap((p) =>
    p.rail === undefined ? [] : [{ keys: `g ${p.rail.key}`, what: p.title, run: () => navigate(p.address) }],
  );
  const look: Key[] = [
    ...(sees() ? [{ keys: "/", what: "To the search box", run: toSearch }] : []),
    ...(reads() ? [{ keys: "w", what: "Say why you look", run: () => void askPurpose() }] : []),
  ];
  useKeys("Everywhere", [
    ...look,
    { keys: "z", what: "Undo what was done last", run: undoLast },
    { keys: PALETTE_KEY, what: "Go to a page or person, or do something, by name", run: () => (paletteOpen.value = true), always: true },
    { keys: "?", what: "This help", run: () => (helpOpen.value = true) },
    { keys: "D", what: "Light, dark, or as the device", run: nextTheme },
    ...go,
  ]);
}

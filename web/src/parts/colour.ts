/** Colours for what is drawn on a canvas. */
import { computed, signal } from "@preact/signals";
import { theme } from "../app/theme.ts";

const dark = matchMedia("(prefers-color-scheme: dark)");
const deviceDark = signal(dark.matches);
dark.addEventListener("change", () => (deviceDark.value = dark.matches));

/** Which colours are in force: what is drawn depends on it, and is drawn anew. */
export const shade = computed(() => (theme.value === "system" ? (deviceDark.value ? "dark" : "light") : theme.value));

/** A token's colour as a canvas wants it, in the theme that is in force: "rgb(52, 81, 199)". */
export function colourOf(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** The same, let through: alpha from 0 to 1. */
export function faded(colour: string, alpha: number): string {
  const parts = colour.match(/[\d.]+/g) ?? [];
  return `rgba(${parts.slice(0, 3).join(", ")}, ${alpha})`;
}

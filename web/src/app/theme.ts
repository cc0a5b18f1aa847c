/** Light, dark, or as the device has it. */
import { effect } from "@preact/signals";
import { kept } from "./kept.ts";

export type Theme = "system" | "light" | "dark";
export const theme = kept<Theme>("theme", "system");

export function beginTheme(): void {
  effect(() => {
    if (theme.value === "system") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", theme.value);
  });
}

export function nextTheme(): void {
  const order: Theme[] = ["system", "light", "dark"];
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? "system";
}

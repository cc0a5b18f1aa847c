/** A short word about something: a tag, a filter that is in force, a state. */
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export type Tone = "plain" | "accent" | "danger" | "warn" | "good";

export function Chip({ tone = "plain", icon, title, children }: { tone?: Tone; icon?: IconName; title?: string; children: ComponentChildren }) {
  return (
    <span class={`chip chip-${tone}`} title={title}>
      {icon !== undefined && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

/** With a cross that takes it away; `what` names it for who does not see it. */
export function RemovableChip({ what, remove, children }: { what: string; remove: () => void; children: ComponentChildren }) {
  return (
    <span class="chip chip-accent">
      {children}
      <button type="button" class="chip-remove" aria-label={`Remove ${what}`} onClick={remove}>
        <Icon name="close" size={10} />
      </button>
    </span>
  );
}

/** What reviewers made of a message, as chips: tags, cases, a flag, notes, who else has seen it. */
import type { Marked } from "../api/schema.ts";
import { countOf } from "../app/numbers.ts";
import { Chip } from "./chip.tsx";
import { Icon } from "./icon.tsx";

export function Marks({ of }: { of: Marked }) {
  const none = of.tags.length + of.cases.length + of.notes + of.seen_by.length === 0 && !of.flagged;
  if (none) return null;
  return (
    <span class="marks">
      {of.flagged && (
        <Chip tone="warn" icon="flag">
          flagged
        </Chip>
      )}
      {of.tags.map((t) => (
        <Chip key={t} tone="accent" icon="tag">
          {t}
        </Chip>
      ))}
      {of.cases.map((c) => (
        <Chip key={c} icon="case">
          {c}
        </Chip>
      ))}
      {of.notes > 0 && <Chip icon="note">{countOf(of.notes, "note")}</Chip>}
      {of.seen_by.length > 0 && (
        <span class="seen-by" title={`Seen by ${of.seen_by.join(", ")}`}>
          <Icon name="eye" size={12} />
          <span class="unseen-text">seen by </span>
          {of.seen_by.slice(0, 2).join(", ")}
          {of.seen_by.length > 2 && ` +${of.seen_by.length - 2}`}
        </span>
      )}
    </span>
  );
}

/** One hit: who to whom and when, its words in their context, what was made of it. */
import { memo } from "preact/compat";
import { countOf, countryOf, languageOf } from "../../app/numbers.ts";
import { Chip } from "../../parts/chip.tsx";
import { Marks } from "../../parts/marks.tsx";
import { handleOf, Initial } from "../../parts/person.tsx";
import { Snippet } from "../../parts/snippet.tsx";
import { Time } from "../../parts/time.tsx";
import type { Hit } from "./hits.ts";

interface Props {
  hit: Hit;
  href: string;
  active: boolean;
  chosen: boolean;
  /** The same function each time; undefined: it cannot be chosen. */
  choose: ((id: number) => void) | undefined;
}

function receivers(hit: Hit): string {
  const names = hit.to.map(handleOf);
  return names.length > 2 ? `${names.slice(0, 2).join(", ")} +${names.length - 2}` : names.join(", ");
}

function HitRowView({ hit, href, active, chosen, choose }: Props) {
  return (
    <article class={`hit ${active ? "hit-active" : ""} ${hit.seen === 0 && choose !== undefined ? "hit-unseen" : ""}`}>
      {choose === undefined ? <span /> : <input type="checkbox" class="hit-choose" checked={chosen} aria-label={`Choose the message of ${handleOf(hit.from)}`} onChange={() => choose(hit.id)} />}
      <Initial account={hit.from} />
      <a class="hit-link" href={href} aria-current={active ? "true" : undefined}>
        <span class="hit-head">
          <span class="cut" dir="auto">
            <strong>{handleOf(hit.from)}</strong> <span class="faint">to {receivers(hit)}</span>
          </span>
          <span class="hit-time">
            <Time at={hit.at} />
          </span>
        </span>
        <span class="hit-text">
          {hit.kind !== "text" && <span class="hit-kind">{hit.kind}</span>}
          <Snippet text={hit.snippet} marks={hit.marks} />
        </span>
        <span class="hit-foot">
          {hit.seen === 0 && choose !== undefined && (
            <span class="hit-dot" title="You have not seen it">
              <span class="unseen-text">not seen</span>
            </span>
          )}
          {hit.alike > 0 && <Chip icon="duplicate">{countOf(hit.alike, "other")} alike</Chip>}
          <Marks of={hit.made} />
          {hit.wrong !== "" && <Chip tone="danger">not verified</Chip>}
          {hit.country !== "" && <span class="faint">{countryOf(hit.country)}</span>}
          {hit.lang !== "" && <span class="faint">{languageOf(hit.lang)}</span>}
        </span>
      </a>
    </article>
  );
}

/** Drawn anew when something of it changes alone: opening one leaves the others. */
export const HitRow = memo(HitRowView);

/** Bounded sets: what the defence, or a reviewer who is bound, sees and nothing else. Proposed, approved by
 * another supervisor, bound to users. */
import { useState } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import type { Sets as Answer } from "../../api/schema.ts";
import { useKeys } from "../../app/keys.ts";
import { countOf } from "../../app/numbers.ts";
import { query, withQuery } from "../../app/router.ts";
import { Button } from "../../parts/button.tsx";
import { Chip, type Tone } from "../../parts/chip.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { SetDetail } from "./detail.tsx";
import { NewSet } from "./new-set.tsx";

type One = Answer["sets"][number];
const MOST = 200;
export const tones: Record<One["state"], Tone> = { proposed: "warn", approved: "good", withdrawn: "plain" };

function Row({ of, here }: { of: One; here: boolean }) {
  return (
    <li>
      <a class="threat-row" href={withQuery({ id: String(of.id) })} aria-current={here ? "true" : undefined}>
        <span class="row">
          <Chip tone={tones[of.state]}>{of.state}</Chip>
          <span class="faint">{countOf(of.conversations, "conversation")}</span>
        </span>
        <strong dir="auto">{of.name}</strong>
        <span class="faint">
          case {of.case}, {of.users.length === 0 ? "nobody bound" : of.users.join(", ")}
        </span>
        <span class="faint">
          by {of.user}, <Time at={of.at} />
        </span>
      </a>
    </li>
  );
}

function Both({ of, propose, again }: { of: One[]; propose: () => void; again: () => void }) {
  const chosen = Number(query.value.get("id") ?? 0);
  const at = of.findIndex((s) => s.id === chosen);
  const shown = of[Math.max(0, at)];
  if (shown === undefined)
    return (
      <State icon="people" title="No set yet">
        <p>A set is of conversations of a case: what the defence, or a reviewer who is bound to it, sees and nothing else.</p>
        <Button kind="main" onClick={propose}>
          Propose a set
        </Button>
      </State>
    );
  return (
    <div class={`threats ${at >= 0 ? "threats-chosen" : ""}`}>
      <nav class="card card-flush threat-queue" aria-label="Sets">
        <ul>
          {of.map((s) => (
            <Row key={s.id} of={s} here={s.id === shown.id} />
          ))}
        </ul>
      </nav>
      <SetDetail key={shown.id} of={shown} again={again} />
    </div>
  );
}

export function Sets() {
  const asked = useAsk("GET /api/sets", { query: { limit: MOST } });
  const q = query.value.get("q");
  const [proposes, setProposes] = useState(q !== null);
  useKeys("Bounded sets", [{ keys: "n", what: "Propose a set", run: () => setProposes(true) }]);
  return (
    <>
      <PageHead title="Bounded sets" about="What the defence sees, or a reviewer who is bound, and nothing else">
        <Button kind="main" icon="plus" onClick={() => setProposes(true)}>
          Propose a set
        </Button>
      </PageHead>
      <Shown of={asked}>{(s) => <Both of={s.sets} propose={() => setProposes(true)} again={asked.again} />}</Shown>
      {proposes && <NewSet q={q ?? ""} close={() => setProposes(false)} done={asked.again} />}
    </>
  );
}

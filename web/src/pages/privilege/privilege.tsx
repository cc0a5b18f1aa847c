/** What is privileged, for the filter role alone: marks that wait, what each hides, and how it is decided. */
import { useEffect } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import type { Privileges } from "../../api/schema.ts";
import { useKeys } from "../../app/keys.ts";
import { countOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import { Chip } from "../../parts/chip.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Time } from "../../parts/time.tsx";
import { MarkDetail } from "./detail.tsx";
import { kinds, whatOf } from "./words.ts";

type Mark = Privileges["marks"][number];
type StateName = Mark["state"];
const MOST = 200;

const empty: Record<StateName, string> = {
  waiting: "Nothing waits",
  kept: "Nothing was kept yet",
  released: "Nothing was released yet",
};

function Row({ of, here }: { of: Mark; here: boolean }) {
  return (
    <li>
      <a class="threat-row" href={withQuery({ id: String(of.id) })} aria-current={here ? "true" : undefined}>
        <span class="row">
          <Chip tone="accent">{kinds[of.kind]}</Chip>
          <span class="faint">{countOf(of.messages, "message")}</span>
        </span>
        <strong dir="auto">{whatOf(of)}</strong>
        <span class="threat-words" dir="auto">
          {of.reason}
        </span>
        <span class="faint">
          by {of.user}, <Time at={of.at} />
        </span>
      </a>
    </li>
  );
}

function Both({ of, state, again }: { of: Mark[]; state: StateName; again: () => void }) {
  const chosen = Number(query.value.get("id") ?? 0);
  const at = of.findIndex((m) => m.id === chosen);
  const shown = of[Math.max(0, at)];
  const move = (by: number) => {
    const next = of[Math.max(0, at) + by];
    if (next !== undefined) navigate(withQuery({ id: String(next.id) }));
  };
  useKeys("Privilege: the queue", [
    { keys: "j", what: "Next mark", run: () => move(1) },
    { keys: "k", what: "Mark before", run: () => move(-1) },
  ]);
  if (shown === undefined)
    return (
      <State icon="privilege" title={empty[state]}>
        <p>What reviewers mark as privileged comes here, out of sight for everyone else, until you keep or release it.</p>
      </State>
    );
  return (
    <div class={`threats ${at >= 0 ? "threats-chosen" : ""}`}>
      <nav class="card card-flush threat-queue" aria-label="Marks">
        <ul>
          {of.map((m) => (
            <Row key={m.id} of={m} here={m.id === shown.id} />
          ))}
        </ul>
      </nav>
      <MarkDetail key={shown.id} of={shown} again={again} />
    </div>
  );
}

export function Privilege() {
  const wanted = query.value.get("state");
  const state: StateName = wanted === "kept" || wanted === "released" ? wanted : "waiting";
  const asked = useAsk("GET /api/privilege", { query: { state, limit: MOST } });
  useEffect(() => {
    const back = () => document.visibilityState === "visible" && asked.again();
    document.addEventListener("visibilitychange", back);
    return () => document.removeEventListener("visibilitychange", back);
  }, []);
  return (
    <>
      <PageHead title="Privilege" about="What only you see, until you release it" />
      <Tabs
        label="Which marks"
        now={state}
        tabs={[
          ["waiting", "Waiting"],
          ["kept", "Kept"],
          ["released", "Released"],
        ]}
        address={(s) => withQuery({ state: s === "waiting" ? undefined : s, id: undefined })}
      />
      <Shown of={asked}>{(p) => <Both of={p.marks} state={state} again={asked.again} />}</Shown>
    </>
  );
}

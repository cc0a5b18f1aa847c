/** The queue of threats: what waits longest first, what set it off with what stands around it, who answers for
 * it, and how it is decided. */
import { useEffect, useMemo } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import { useKeys } from "../../app/keys.ts";
import { comeBack, threatsNews } from "../../app/live.ts";
import { countOf, numberOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import { lookAtThreats, sound } from "../../app/threat-watch.ts";
import { useNow } from "../../app/use-now.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import type { Threats as Answer } from "../../api/schema.ts";
import { heaviestFirst, type Threat } from "./clock.ts";
import { ThreatDetail } from "./detail.tsx";
import { ThreatQueue } from "./queue.tsx";

const MOST = 200;
/** No event says what others acknowledged or decided: it is looked up, seldom, since each look is logged. */
const OTHERS_MS = 60000;
const open = (id: number) => navigate(withQuery({ id: String(id) }));

function Nothing({ decided }: { decided: boolean }) {
  return decided ? (
    <State icon="check" title="Nothing was decided yet">
      <p>What is decided stands here, with who decided it and why.</p>
    </State>
  ) : (
    <State icon="check" title="Nothing waits">
      <p>Rules look at each message as it arrives. What they find appears here at once, with a sound.</p>
      <LinkButton href="/rules">See the rules</LinkButton>
    </State>
  );
}

function Both({ of, decided, again }: { of: Answer; decided: boolean; again: () => void }) {
  const now = useNow();
  const chosen = Number(query.value.get("id") ?? 0);
  const threats = useMemo(() => (decided ? of.threats : heaviestFirst(of.threats)), [of, decided]);
  const at = threats.findIndex((t) => t.id === chosen);
  const shown: Threat | undefined = threats[at < 0 ? 0 : at];
  const move = (by: number) => {
    const next = threats[Math.max(0, at < 0 ? 0 : at) + by];
    if (next !== undefined) open(next.id);
  };
  useKeys("Threats: the queue", [
    { keys: "j", what: "Next threat", run: () => move(1) },
    { keys: "k", what: "Threat before", run: () => move(-1) },
  ]);
  if (shown === undefined) return <Nothing decided={decided} />;
  return (
    <div class={`threats ${at >= 0 ? "threats-chosen" : ""}`}>
      <ThreatQueue of={threats} shown={shown.id} now={now} more={of.after !== null} />
      <ThreatDetail key={shown.id} of={shown} now={now} again={again} />
    </div>
  );
}

function Sound() {
  const on = sound.value === "on";
  return (
    <Button icon={on ? "sound" : "mute"} aria-pressed={on} onClick={() => (sound.value = on ? "off" : "on")}>
      {on ? "Sound on" : "Sound off"}
    </Button>
  );
}

export function Threats() {
  const decided = query.value.get("state") === "decided";
  const asked = useAsk("GET /api/threats", { query: { open: !decided, limit: MOST } });
  const turn = threatsNews.value + comeBack.value;
  useEffect(() => {
    if (turn > 0) asked.again();
  }, [turn]);
  const minute = useNow(OTHERS_MS);
  useEffect(() => {
    if (asked.data !== undefined && document.visibilityState === "visible") asked.again();
  }, [minute]);
  const again = () => {
    lookAtThreats();
    asked.again();
  };
  const of = asked.data;
  const about = of === undefined ? undefined : of.open === 0 ? "Nothing waits" : `${countOf(of.open, "threat")} open, ${numberOf(of.unacknowledged)} that nobody answers for${of.behind > 0 ? `; the rules are ${countOf(of.behind, "message")} behind` : ""}`;
  return (
    <>
      <PageHead title="Threats" about={about}>
        <Sound />
        <LinkButton href="/rules" icon="rule">
          Rules
        </LinkButton>
      </PageHead>
      <Tabs label="Which threats" now={decided ? "decided" : ""} tabs={[["", "Open"], ["decided", "Decided"]]} address={(state) => withQuery({ state, id: undefined })} />
      <Shown of={asked}>{(t) => <Both of={t} decided={decided} again={again} />}</Shown>
    </>
  );
}

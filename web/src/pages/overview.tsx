/** What is going on: what needs a person first, then what there is. Every figure leads to what it
 * counts. Live: events look it up again. */
import { useEffect } from "preact/hooks";
import type { Overview as Answer } from "../api/schema.ts";
import { useAsk } from "../api/use-ask.ts";
import { comeBack, messagesNews, threatsNews } from "../app/live.ts";
import { countOf, numberOf } from "../app/numbers.ts";
import { threatCount } from "../app/counts.ts";
import { looks, purpose, roleOf } from "../app/session.ts";
import { zone } from "../app/zone.ts";
import { ArchiveTable } from "../parts/archive-table.tsx";
import { Card, Figure } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Shown, State } from "../parts/states.tsx";
import { Activity } from "./overview-activity.tsx";
import { Outcomes } from "./overview-outcomes.tsx";
import { Queues } from "./overview-queues.tsx";

const found = (q: string) => (looks() ? `/search?q=${encodeURIComponent(q)}` : undefined);
const today = () => new Date().toISOString().slice(0, 10);
const weekAgo = () => new Date(Date.now() - 6 * 86400000).toISOString().slice(0, 10);

function Figures({ of }: { of: Answer["figures"] }) {
  return (
    <div class="figures">
      <Figure label="Messages today" value={numberOf(of.today)} href={found(`on:${today()}`)} below="the day of UTC" />
      <Figure label="Messages" value={numberOf(of.messages)} href={found("")} below={countOf(of.records, "record")} />
      <Figure label="People who wrote this week" value={numberOf(of.active_week)} href={found(`after:${weekAgo()}`)} />
      <Figure label="People" value={numberOf(of.people)} href={looks() ? "/people" : undefined} />
      <Figure label="Conversations" value={numberOf(of.conversations)} href={looks() ? "/conversations" : undefined} />
      <Figure label="With files" value={numberOf(of.files)} href={found("has:file OR has:photo OR has:voice")} />
    </div>
  );
}

/** What needs a person now. */
function Waiting({ still }: { still: number }) {
  const mine = useAsk("GET /api/assignments", {});
  const unseen = useAsk("GET /api/count", purpose.value === "" && roleOf() === "reviewer" ? undefined : { query: { q: "assigned:me unseen:me" } });
  const left = unseen.data?.total ?? mine.data?.messages;
  return (
    <div class="figures">
      <Figure label="Threats that nobody has answered" value={numberOf(threatCount.value)} href="/threats" tone={threatCount.value > 0 ? "danger" : "plain"} />
      <Figure label={unseen.data === undefined ? "Messages assigned to you" : "Assigned to you, not seen"} value={left === undefined ? "…" : numberOf(left)} href={found("assigned:me unseen:me")} tone={left !== undefined && left > 0 ? "warn" : "plain"} />
      <Figure label="Journals that stand still" value={numberOf(still)} href="/warrants" tone={still > 0 ? "danger" : "plain"} />
    </div>
  );
}

function Journals({ of }: { of: Answer["journals"] }) {
  const still = of.filter((j) => j.stopped !== "");
  if (still.length === 0) return null;
  return (
    <Card title="Journals that stand still" class="card-danger">
      {still.map((j) => (
        <p key={j.bot}>
          <Chip tone="danger">{j.bot}</Chip> {j.stopped}. It stays so until the desk is started again; the others go on.
        </p>
      ))}
    </Card>
  );
}

function Warrants({ of }: { of: Answer["warrants"] }) {
  if (of.length === 0)
    return (
      <Card title="Warrants">
        <State icon="warrant" title="Nothing is archived yet">
          <p>A warrant appears here with its first message.</p>
        </State>
      </Card>
    );
  return (
    <Card title="Warrants" flush>
      <ArchiveTable label="Warrants, a table" of={of} named />
    </Card>
  );
}

export function Overview() {
  const asked = useAsk("GET /api/overview", {});
  const turn = messagesNews.value + threatsNews.value + comeBack.value;
  useEffect(() => {
    if (turn > 0) asked.again();
  }, [turn]);
  return (
    <>
      <PageHead title="Overview" about={`Times in ${zone.value}`} />
      <Shown of={asked}>
        {(o) => (
          <div class="overview">
            <Journals of={o.journals} />
            {looks() && <Waiting still={o.journals.filter((j) => j.stopped !== "").length} />}
            <Figures of={o.figures} />
            {looks() && <Queues />}
            {looks() && <Activity />}
            <Outcomes of={o.outcomes} />
            <Warrants of={o.warrants} />
          </div>
        )}
      </Shown>
    </>
  );
}

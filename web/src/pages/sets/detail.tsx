/** One set: why it was proposed, its conversations, who is bound to it; approved, withdrawn. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import type { Sets as Answer } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { countOf } from "../../app/numbers.ts";
import { withQuery } from "../../app/router.ts";
import { session } from "../../app/session.ts";
import { attempt } from "../../app/toasts.ts";
import { AskReason } from "../../parts/ask-reason.tsx";
import { AskWord } from "../../parts/ask-word.tsx";
import { Button } from "../../parts/button.tsx";
import { Chip } from "../../parts/chip.tsx";
import { Shown } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { ConversationRow } from "../conversations.tsx";
import { tones } from "./sets.tsx";

type One = Answer["sets"][number];
type Asks = "approve" | "withdraw" | "bind";
const FIRST = 100;

function Conversations({ of }: { of: One }) {
  const asked = useAsk("GET /api/sets/{id}/conversations", { path: { id: of.id }, query: { limit: FIRST } });
  return (
    <Shown of={asked} lines={4}>
      {(c) => (
        <div role="group" aria-label="Its conversations">
          {c.conversations.map((one) => (
            <ConversationRow key={one.id} of={one} />
          ))}
          {c.conversations.length === 0 && <p class="faint threat-edge">Nothing of it is in sight.</p>}
          {c.after !== null && (
            <p class="faint threat-edge">
              The first {FIRST} of {countOf(of.conversations, "conversation")}.
            </p>
          )}
        </div>
      )}
    </Shown>
  );
}

const bind = (of: One, user: string, on: boolean) =>
  attempt(() => ask("PUT /api/sets/{id}/users", { path: { id: of.id }, body: { user, on } }), on ? `${user} is bound: they see this set, and nothing that is in none of theirs.` : `${user} is not bound to it any more.`);

function Bound({ of, again, add }: { of: One; again: () => void; add: () => void }) {
  return (
    <div class="row">
      {of.users.length === 0 && <span class="faint">nobody</span>}
      {of.users.map((u) => (
        <span key={u} class="row">
          <Chip tone="accent">{u}</Chip>
          <Button kind="quiet" aria-label={`Let go of ${u}`} onClick={() => void bind(of, u, false).then(again)}>
            Let go
          </Button>
        </span>
      ))}
      {of.state !== "withdrawn" && (
        <Button icon="plus" onClick={add}>
          Bind a user…
        </Button>
      )}
    </div>
  );
}

const isOwn = (of: One) => session.value !== null && session.value !== "unknown" && session.value.user === of.user;

export function SetDetail({ of, again }: { of: One; again: () => void }) {
  const [asks, setAsks] = useState<Asks>();
  const close = () => setAsks(undefined);
  const decide = (decision: "approve" | "withdraw", reason: string) =>
    void attempt(() => ask("POST /api/sets/{id}/decide", { path: { id: of.id }, body: { decision, reason } }), decision === "approve" ? "Approved: who is bound to it sees it from now on." : "Withdrawn: nobody sees anything by it any more.").then(again);
  return (
    <section class="card threat" aria-label={`Set ${of.name}`}>
      <a class="threat-back" href={withQuery({ id: undefined })}>
        All sets
      </a>
      <div class="card-head threat-head">
        <span class="row">
          <Chip tone={tones[of.state]}>{of.state}</Chip>
          <strong dir="auto">{of.name}</strong>
        </span>
        <div class="row">
          {of.state === "proposed" && !isOwn(of) && (
            <Button kind="main" icon="check" onClick={() => setAsks("approve")}>
              Approve…
            </Button>
          )}
          {of.state !== "withdrawn" && <Button onClick={() => setAsks("withdraw")}>Withdraw…</Button>}
        </div>
      </div>
      {of.state === "proposed" && isOwn(of) && <p class="faint">You have proposed it: another supervisor approves it.</p>}
      <dl class="facts">
        <dt>Case</dt>
        <dd>
          <a href={`/cases/${encodeURIComponent(of.case)}`}>{of.case}</a>
        </dd>
        <dt>Proposed by</dt>
        <dd>
          {of.user}, <Time at={of.at} />
          <span class="reason" dir="auto">
            {of.reason}
          </span>
        </dd>
        {of.decided !== 0 && (
          <>
            <dt>{of.state === "approved" ? "Approved by" : "Withdrawn by"}</dt>
            <dd>
              {of.decided_by}, <Time at={of.decided} />
              <span class="reason" dir="auto">
                {of.decided_reason}
              </span>
            </dd>
          </>
        )}
        <dt>Bound</dt>
        <dd>
          <Bound of={of} again={again} add={() => setAsks("bind")} />
        </dd>
      </dl>
      <Conversations of={of} />
      {(asks === "approve" || asks === "withdraw") && <AskReason title={asks === "approve" ? "Approve the set" : "Withdraw the set"} go={asks === "approve" ? "Approve" : "Withdraw"} close={close} take={(reason) => decide(asks, reason)} />}
      {asks === "bind" && <AskWord title="Bind a user to the set" label="User" hint="Of the role defence, or a reviewer: from now on they see their sets alone" go="Bind" known={[]} take={(u) => void bind(of, u, true).then(again)} close={close} />}
    </section>
  );
}

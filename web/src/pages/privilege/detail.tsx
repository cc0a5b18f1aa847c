/** One mark: why it was made, the messages that it hides, and its decision. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import type { Privileges } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { useKeys } from "../../app/keys.ts";
import { countOf } from "../../app/numbers.ts";
import { withQuery } from "../../app/router.ts";
import { attempt } from "../../app/toasts.ts";
import { AskReason } from "../../parts/ask-reason.tsx";
import { Button } from "../../parts/button.tsx";
import { Chip } from "../../parts/chip.tsx";
import { MessageLine } from "../../parts/message-line.tsx";
import { Shown } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { kinds, whatOf } from "./words.ts";

type Mark = Privileges["marks"][number];
type Asks = { what: "release" | "keep" } | { what: "one"; id: number };

const FIRST = 50;

function Messages({ of, asks }: { of: Mark; asks: (a: Asks) => void }) {
  const asked = useAsk("GET /api/privilege/{id}/messages", { path: { id: of.id }, query: { limit: FIRST } });
  return (
    <Shown of={asked} lines={4}>
      {(m) => (
        <div class="threat-context" role="group" aria-label="Messages that it hides">
          {m.messages.map((message) => (
            <div key={message.id} class="case-line">
              <MessageLine of={message} withTo />
              <Button kind="quiet" aria-label="Release this message alone" onClick={() => asks({ what: "one", id: message.id })}>
                Release
              </Button>
            </div>
          ))}
          {m.messages.length === 0 && <p class="faint threat-edge">It hides no message now.</p>}
          {m.after !== null && <p class="faint threat-edge">The first {FIRST} of {countOf(of.messages, "message")}; a search finds all of them.</p>}
        </div>
      )}
    </Shown>
  );
}

function send(of: Mark, asks: Asks, reason: string): Promise<boolean> {
  if (asks.what === "one") return attempt(() => ask("POST /api/messages/{id}/release", { path: { id: asks.id }, body: { reason } }), "The message is in everybody's sight again.");
  const decision = asks.what;
  return attempt(() => ask("POST /api/privilege/{id}/decide", { path: { id: of.id }, body: { decision, reason } }), decision === "keep" ? "It stays out of sight." : "It is in everybody's sight again.");
}

const titles = { release: "Release all of it", keep: "Keep it privileged", one: "Release this message" } as const;

export function MarkDetail({ of, again }: { of: Mark; again: () => void }) {
  const [asks, setAsks] = useState<Asks>();
  useKeys("Privilege: this one", [
    ...(of.state === "waiting" ? [{ keys: "p", what: "Keep it privileged", run: () => setAsks({ what: "keep" }) }] : []),
    ...(of.state === "released" ? [] : [{ keys: "r", what: "Release it", run: () => setAsks({ what: "release" }) }]),
  ]);
  return (
    <section class="card threat" aria-label={`Mark of ${whatOf(of)}`}>
      <a class="threat-back" href={withQuery({ id: undefined })}>
        All marks
      </a>
      <div class="card-head threat-head">
        <span class="row">
          <Chip tone="accent">{kinds[of.kind]}</Chip>
          <strong dir="auto">{whatOf(of)}</strong>
        </span>
        <div class="row">
          {of.state === "waiting" && (
            <Button kind="main" icon="privilege" onClick={() => setAsks({ what: "keep" })}>
              Keep <kbd>p</kbd>
            </Button>
          )}
          {of.state !== "released" && (
            <Button onClick={() => setAsks({ what: "release" })}>
              Release… <kbd>r</kbd>
            </Button>
          )}
        </div>
      </div>
      <dl class="facts">
        <dt>Marked by</dt>
        <dd>
          {of.user}, <Time at={of.at} />
        </dd>
        <dt>Because</dt>
        <dd dir="auto">{of.reason}</dd>
        {of.state !== "waiting" && (
          <>
            <dt>{of.state === "kept" ? "Kept by" : "Released by"}</dt>
            <dd>
              {of.decided_by}, <Time at={of.decided} />
              <span class="reason" dir="auto">
                {of.decided_reason}
              </span>
            </dd>
          </>
        )}
      </dl>
      {of.state !== "released" && <Messages of={of} asks={setAsks} />}
      {asks !== undefined && <AskReason title={titles[asks.what]} go={asks.what === "keep" ? "Keep" : "Release"} close={() => setAsks(undefined)} take={(reason) => void send(of, asks, reason).then(again)} />}
    </section>
  );
}

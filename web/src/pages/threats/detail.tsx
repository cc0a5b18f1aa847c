/** One threat: why it was found, what stands around it, who answers for it, what was decided. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { useKeys } from "../../app/keys.ts";
import { countryOf } from "../../app/numbers.ts";
import { withQuery } from "../../app/router.ts";
import { attempt } from "../../app/toasts.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { Chip } from "../../parts/chip.tsx";
import { placeOf } from "../../parts/message-line.tsx";
import { handleOf, Person } from "../../parts/person.tsx";
import { Time } from "../../parts/time.tsx";
import { clockOf, decisions, type Threat } from "./clock.ts";
import { term } from "../search/words.ts";
import { ThreatContext } from "./context.tsx";
import { DecideDialog } from "./decide.tsx";

function Why({ of }: { of: Threat }) {
  if (of.message === 0)
    return (
      <p>
        <Person account={of.account} /> wrote daily and has written nothing since.
      </p>
    );
  return (
    <p class="row">
      <span class="soft">Found by {of.name}, weight {of.weight}:</span>
      {of.found.map((f) => (
        <Chip key={f.words} tone={f.weight > 0 ? "danger" : "good"}>
          <span dir="auto">{f.words}</span> {f.machine && "read in its file "}
          {f.weight > 0 ? `+${f.weight}` : f.weight}
        </Chip>
      ))}
      {of.found.length === 0 && <Chip tone="accent">by its query</Chip>}
    </p>
  );
}

function Facts({ of }: { of: Threat }) {
  return (
    <dl class="facts">
      <dt>Raised</dt>
      <dd>
        <Time at={of.raised} ago />
      </dd>
      <dt>Answer until</dt>
      <dd>
        <Time at={of.due} />
      </dd>
      {of.shown !== undefined && of.shown.country !== "" && (
        <>
          <dt>From</dt>
          <dd>{countryOf(of.shown.country)}</dd>
        </>
      )}
      {of.acknowledged_by !== "" && (
        <>
          <dt>Answered for</dt>
          <dd>
            <strong>{of.acknowledged_by}</strong>, <Time at={of.acknowledged} />
          </dd>
        </>
      )}
      {of.decision !== "undecided" && (
        <>
          <dt>Decided</dt>
          <dd>
            <strong>{decisions[of.decision]}</strong> by {of.decided_by}, <Time at={of.decided} />
            <span dir="auto" class="reason">
              {of.reason}
            </span>
          </dd>
        </>
      )}
    </dl>
  );
}

/** Of a large group the one who wrote it. */
const GROUP = 4;
function whereOf(of: Threat): string {
  const to = of.shown?.to ?? [];
  const people = [of.account, ...(to.length > GROUP ? [] : to)];
  return `/map?q=${encodeURIComponent(people.map((p) => term("with", handleOf(p))).join(" OR "))}`;
}

/** Keys act on the one that is shown. */
export function ThreatDetail({ of, now, again }: { of: Threat; now: number; again: () => void }) {
  const [decides, setDecides] = useState(false);
  const clock = clockOf(of, now);
  const undecided = of.decision === "undecided";
  const free = undecided && of.acknowledged_by === "";
  const take = () => void attempt(() => ask("POST /api/threats/{id}/acknowledge", { path: { id: of.id } }), "You answer for it now.").then(again);
  useKeys("Threats: this one", [
    ...(free ? [{ keys: "a", what: "Answer for it (acknowledge)", run: take }] : []),
    ...(undecided ? [{ keys: "d", what: "Decide it", run: () => setDecides(true) }] : []),
  ]);
  return (
    <section class="card threat" aria-label={`Threat by ${handleOf(of.account)}`}>
      <a class="threat-back" href={withQuery({ id: undefined })}>
        All threats
      </a>
      <div class="card-head threat-head">
        <Chip tone={clock.tone} icon="clock">
          {clock.text}
        </Chip>
        <div class="row">
          {free && (
            <Button kind="main" icon="check" onClick={take}>
              Acknowledge <kbd>a</kbd>
            </Button>
          )}
          {undecided && (
            <Button kind={free ? "plain" : "main"} onClick={() => setDecides(true)}>
              Decide… <kbd>d</kbd>
            </Button>
          )}
          {of.shown !== undefined && <LinkButton href={placeOf(of.shown)}>Open the conversation</LinkButton>}
          <LinkButton icon="map" href={whereOf(of)} title="Positions of its people, and of those who write with them">
            On the map
          </LinkButton>
        </div>
      </div>
      <Why of={of} />
      {of.shown !== undefined && <ThreatContext of={of.shown} words={of.found.filter((f) => f.weight > 0).map((f) => f.words)} />}
      <Facts of={of} />
      {decides && <DecideDialog of={of} close={() => setDecides(false)} done={again} />}
    </section>
  );
}

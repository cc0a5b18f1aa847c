/** What waits, most urgent first. */
import { numberOf } from "../../app/numbers.ts";
import { withQuery } from "../../app/router.ts";
import { Chip } from "../../parts/chip.tsx";
import { FoundWords } from "../../parts/found-words.tsx";
import { handleOf } from "../../parts/person.tsx";
import { saidOf } from "../../parts/said.ts";
import { clockOf, decisions, type Threat } from "./clock.ts";

function Row({ of, here, now }: { of: Threat; here: boolean; now: number }) {
  const clock = clockOf(of, now);
  return (
    <li>
      <a class="threat-row" href={withQuery({ id: String(of.id) })} aria-current={here ? "true" : undefined}>
        <span class="row">
          <Chip tone={clock.tone} icon="clock">
            {of.decision === "undecided" ? clock.text : decisions[of.decision]}
          </Chip>
          {of.escalated !== 0 && of.decision === "undecided" && of.acknowledged_by === "" && <Chip tone="danger">escalated</Chip>}
          <span class="faint">{of.message === 0 ? of.name : `${of.name}, weight ${of.weight}`}</span>
        </span>
        <strong dir="auto">
          {handleOf(of.account)}
          {of.shown !== undefined && of.shown.to.length > 0 && <span class="soft"> to {of.shown.to.map(handleOf).join(", ")}</span>}
        </strong>
        <span class="threat-words" dir="auto">
          {of.shown === undefined ? "has fallen silent" : <FoundWords text={saidOf(of.shown)} words={of.found.filter((f) => f.weight > 0).map((f) => f.words)} />}
        </span>
      </a>
    </li>
  );
}

export function ThreatQueue({ of, shown, now, more }: { of: Threat[]; shown: number; now: number; more: boolean }) {
  return (
    <nav class="card card-flush threat-queue" aria-label="Threats">
      <ul>
        {of.map((t) => (
          <Row key={t.id} of={t} here={t.id === shown} now={now} />
        ))}
      </ul>
      {more && <p class="faint threat-more">The first {numberOf(of.length)} are shown; further ones follow as these are decided.</p>}
    </nav>
  );
}

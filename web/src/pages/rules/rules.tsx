/** Rules: what each looks for, what it raised, whether it is on; a new one is tried on the past first. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { useAsk } from "../../api/use-ask.ts";
import { useKeys } from "../../app/keys.ts";
import { numberOf } from "../../app/numbers.ts";
import { roleOf } from "../../app/session.ts";
import { attempt } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Chip } from "../../parts/chip.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import type { Rules as Answer } from "../../api/schema.ts";
import { NewRule } from "./new-rule.tsx";
import { minutesOf, rowsOf, sayingOf } from "./written.ts";

type Rule = Answer["rules"][number];

function Words({ of }: { of: string }) {
  const rows = rowsOf(of);
  if (rows === "") return null;
  return (
    <details>
      <summary>Its words</summary>
      <pre class="rule-words" tabIndex={0}>
        {rows}
      </pre>
    </details>
  );
}

function Switch({ of, again }: { of: Rule; again: () => void }) {
  const turn = () => void attempt(() => ask("PUT /api/rules/{id}", { path: { id: of.id }, body: { on: !of.on } }), of.on ? `“${of.name}” looks at nothing from now on.` : `“${of.name}” looks at what arrives from now on.`).then(again);
  return (
    <Button aria-pressed={of.on} onClick={turn}>
      {of.on ? "Switch off" : "Switch on"}
    </Button>
  );
}

function Rule({ of, may, again }: { of: Rule; may: boolean; again: () => void }) {
  const minutes = minutesOf(of.rule);
  return (
    <Card title={of.name} aside={<div class="row">{of.on ? <Chip tone="good">on</Chip> : <Chip>off</Chip>}{may && <Switch of={of} again={again} />}</div>}>
      <p dir="auto">{sayingOf(of.rule)}</p>
      <p class="soft row">
        <a href="/threats">{numberOf(of.open)} open</a>
        <span>{numberOf(of.raised)} raised in all</span>
        {minutes !== undefined && <span>to be answered within {numberOf(minutes)} min</span>}
        <span>
          {of.user === "" ? "came with the desk" : `made by ${of.user}`}
          {of.at !== 0 && (
            <>
              {", "}
              <Time at={of.at} />
            </>
          )}
        </span>
      </p>
      <Words of={of.rule} />
    </Card>
  );
}

export function Rules() {
  const asked = useAsk("GET /api/rules", {});
  const [makes, setMakes] = useState(false);
  const may = roleOf() === "supervisor";
  useKeys("Rules", may ? [{ keys: "n", what: "New rule", run: () => setMakes(true) }] : []);
  return (
    <>
      <PageHead title="Rules" about={may ? "A rule is never changed: make another one, and switch the old one off." : "Supervisors make and switch rules."}>
        {may && !makes && (
          <Button kind="main" icon="plus" onClick={() => setMakes(true)}>
            New rule
          </Button>
        )}
      </PageHead>
      <div class="stack">
        {makes && (
          <NewRule
            close={() => setMakes(false)}
            done={() => {
              setMakes(false);
              asked.again();
            }}
          />
        )}
        <Shown of={asked}>{(r) => <>{r.rules.map((rule) => <Rule key={rule.id} of={rule} may={may} again={asked.again} />)}</>}</Shown>
      </div>
    </>
  );
}

/** A case's ledger of outcomes: what came of it, by kind and country. An entry is never changed: another one
 * stands in its place. */
import { useState } from "preact/hooks";
import type { Case } from "../../api/schema.ts";
import { amountOf, countryOf } from "../../app/numbers.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Chip } from "../../parts/chip.tsx";
import { State } from "../../parts/states.tsx";
import { OutcomeDialog } from "./outcome-dialog.tsx";

type Outcome = Case["outcomes"][number];

function Sums({ of }: { of: Case["sums"] }) {
  return (
    <div class="figures">
      {of.map((s) => (
        <div key={`${s.kind} ${s.unit} ${s.country}`} class="figure">
          <span class="figure-label">
            {s.kind}, {countryOf(s.country)}
          </span>
          <span class="figure-value number">{amountOf(s.amount)}</span>
          <span class="figure-below">{s.unit}</span>
        </div>
      ))}
    </div>
  );
}

function Row({ of, correct }: { of: Outcome; correct: () => void }) {
  const old = of.corrected_by !== 0;
  return (
    <tr class={old ? "ledger-old" : ""}>
      <td class="number">{of.date}</td>
      <td>{of.kind}</td>
      <td class="right number">
        {amountOf(of.amount)} {of.unit}
      </td>
      <td>{countryOf(of.country)}</td>
      <td dir="auto">{of.note}</td>
      <td>{of.by}</td>
      <td>
        {old ? <Chip>corrected</Chip> : <Button onClick={correct}>Correct…</Button>}
        {of.corrects !== 0 && <Chip tone="accent">in the place of another</Chip>}
      </td>
    </tr>
  );
}

export function Ledger({ of, again }: { of: Case; again: () => void }) {
  const [asks, setAsks] = useState<{ corrects: Outcome | undefined }>();
  const add = (
    <Button kind="main" icon="plus" onClick={() => setAsks({ corrects: undefined })}>
      Add an outcome
    </Button>
  );
  return (
    <div class="stack">
      {of.sums.length > 0 && <Sums of={of.sums} />}
      <Card title="Ledger" flush aside={of.outcomes.length > 0 && add}>
        {of.outcomes.length === 0 ? (
          <State icon="case" title="No outcome yet">
            <p>Arrests, searches and seizures that this case led to, with how many or how much and where.</p>
            {add}
          </State>
        ) : (
          <div class="table-scroll" tabIndex={0} role="region" aria-label="Ledger of outcomes">
            <table class="table">
              <thead>
                <tr>
                  <th>Date</th>
                  <th>Kind</th>
                  <th class="right">Amount</th>
                  <th>Country</th>
                  <th>Note</th>
                  <th>By</th>
                  <th>
                    <span class="unseen-text">Correct</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {of.outcomes.map((o) => (
                  <Row key={o.id} of={o} correct={() => setAsks({ corrects: o })} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
      {asks !== undefined && <OutcomeDialog word={of.word} corrects={asks.corrects} close={() => setAsks(undefined)} done={again} />}
    </div>
  );
}

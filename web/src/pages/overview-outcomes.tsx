/** What came of all cases: the ledgers' sums by kind and country, without what was corrected. */
import type { Overview } from "../api/schema.ts";
import { amountOf, countryOf, numberOf } from "../app/numbers.ts";
import { looks } from "../app/session.ts";
import { LinkButton } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";

type Sum = Overview["outcomes"][number];
const kinds = { arrest: "Arrests", search: "Searches", seizure: "Seizures" } as const;

function Row({ of, first, rows }: { of: Sum; first: boolean; rows: number }) {
  return (
    <tr>
      {first && (
        <th scope="rowgroup" rowSpan={rows}>
          {kinds[of.kind]}
        </th>
      )}
      <td>{countryOf(of.country)}</td>
      <td class="right number">
        {amountOf(of.amount)} {of.unit}
      </td>
      <td class="right number">{numberOf(of.entries)}</td>
    </tr>
  );
}

function Table({ of }: { of: Sum[] }) {
  const ofKind = (kind: Sum["kind"]) => of.filter((s) => s.kind === kind).sort((a, b) => b.entries - a.entries);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Outcomes by kind and country">
      <table class="table">
        <thead>
          <tr>
            <th>Kind</th>
            <th>Country</th>
            <th class="right">Amount</th>
            <th class="right">Entries</th>
          </tr>
        </thead>
        <tbody>
          {(["arrest", "search", "seizure"] as const).flatMap((kind) => ofKind(kind).map((s, i, all) => <Row key={`${kind} ${s.unit} ${s.country}`} of={s} first={i === 0} rows={all.length} />))}
        </tbody>
      </table>
    </div>
  );
}

export function Outcomes({ of }: { of: Sum[] }) {
  if (of.length === 0) return null;
  return (
    <Card title="What came of all cases" flush aside={looks() && <LinkButton href="/cases">The cases and their ledgers</LinkButton>}>
      <Table of={of} />
    </Card>
  );
}

/** What warrants have archived, a row for each archive; with the warrants' names where there are several. */
import type { Overview } from "../api/schema.ts";
import { numberOf } from "../app/numbers.ts";
import { looks } from "../app/session.ts";
import { term } from "../pages/search/words.ts";
import { Chip } from "./chip.tsx";
import { Time } from "./time.tsx";
import { Validity } from "./validity.tsx";

export type Archived = Overview["warrants"][number];

function State({ of }: { of: Archived }) {
  if (of.complete) return <Chip tone="good">complete</Chip>;
  return <Chip tone="warn">{of.stopped === "" ? "behind" : of.stopped}</Chip>;
}

function Row({ of, named }: { of: Archived; named: boolean }) {
  return (
    <tr>
      {named && <td>{looks() ? <a href="/warrants">{of.warrant}</a> : of.warrant}</td>}
      {named && (
        <td>
          <Validity of={of.validity} />
        </td>
      )}
      <td>{of.bot}</td>
      <td class="right number">{named && looks() ? <a href={`/search?q=${encodeURIComponent(term("warrant", of.warrant))}`}>{numberOf(of.records)}</a> : numberOf(of.records)}</td>
      <td>
        <Time at={of.first} />
      </td>
      <td>
        <Time at={of.last} ago />
      </td>
      <td>
        <State of={of} />
      </td>
    </tr>
  );
}

export function ArchiveTable({ label, of, named = false }: { label: string; of: Archived[]; named?: boolean }) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="table">
        <thead>
          <tr>
            {named && <th>Warrant</th>}
            {named && <th>In force</th>}
            <th>Archive</th>
            <th class="right">Records</th>
            <th>First</th>
            <th>Last</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          {of.map((w) => (
            <Row key={`${w.warrant} ${w.bot}`} of={w} named={named} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** People of a network as a table: what the picture says, to be read and sorted; they are chosen here. */
import { useState } from "preact/hooks";
import { numberOf } from "../../app/numbers.ts";
import { query, withQuery } from "../../app/router.ts";
import { Button } from "../../parts/button.tsx";
import { Person } from "../../parts/person.tsx";
import { measures, valueOf, writtenOf, type Measure, type Member } from "./measures.ts";

const PAGE = 100;

interface Props {
  of: Member[];
  by: Measure;
  label: string;
  picked?: ReadonlySet<string>;
  pick?: (people: string[], on: boolean) => void;
}

function Pick({ who, picked, pick }: { who: string; picked: ReadonlySet<string>; pick: (people: string[], on: boolean) => void }) {
  return <input type="checkbox" aria-label={`Choose ${who}`} checked={picked.has(who)} onChange={(e) => pick([who], e.currentTarget.checked)} />;
}

export function PeopleTable({ of, by, label, picked, pick }: Props) {
  const [shown, setShown] = useState(PAGE);
  const sorted = [...of].sort((a, b) => valueOf(b, by) - valueOf(a, by));
  const all = picked !== undefined && of.every((p) => picked.has(p.person));
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
        <table class="table">
          <thead>
            <tr>
              {picked !== undefined && (
                <th>
                  <input type="checkbox" aria-label="Choose all" checked={all && of.length > 0} onChange={(e) => pick?.(of.map((p) => p.person), e.currentTarget.checked)} />
                </th>
              )}
              <th>Person</th>
              <th>Organisation</th>
              {measures.map(([m, words, about]) => (
                <th key={m} class="right" aria-sort={m === by ? "descending" : undefined}>
                  <a href={withQuery({ by: m })} title={about}>
                    {words}
                    {m === by ? " ↓" : ""}
                  </a>
                </th>
              ))}
              <th>Around</th>
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, shown).map((p) => (
              <tr key={p.person}>
                {picked !== undefined && pick !== undefined && (
                  <td>
                    <Pick who={p.person} picked={picked} pick={pick} />
                  </td>
                )}
                <td>
                  <Person account={p.account} />
                </td>
                <td>{p.organisation !== "" && <a href={`/organisations/${encodeURIComponent(p.organisation)}`}>{p.organisation}</a>}</td>
                {measures.map(([m]) => (
                  <td key={m} class="right number">
                    {writtenOf(p, m)}
                  </td>
                ))}
                <td>
                  <a href={withQuery({ view: "around", who: p.person, q: query.value.get("q") ?? undefined }, "/network")}>who is near</a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > shown && (
        <p class="row network-more">
          <Button onClick={() => setShown(shown + PAGE)}>Show further ones</Button>
          <span class="faint">
            {numberOf(shown)} of {numberOf(sorted.length)}
          </span>
        </p>
      )}
    </>
  );
}

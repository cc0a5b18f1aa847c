/** Warrants: what each has archived, how many days it has left, and its text as the custodians signed it. */
import type { Overview } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { numberOf } from "../../app/numbers.ts";
import { askPurpose, looks, purpose, roleOf } from "../../app/session.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Chip } from "../../parts/chip.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { term } from "../search/words.ts";
import { SignedText } from "./signed-text.tsx";

type Warrant = Overview["warrants"][number];

function Archive({ of }: { of: Warrant }) {
  return (
    <tr>
      <td>{of.bot}</td>
      <td class="right number">{numberOf(of.records)}</td>
      <td>
        <Time at={of.first} />
      </td>
      <td>
        <Time at={of.last} ago />
      </td>
      <td>{of.complete ? <Chip tone="good">complete</Chip> : <Chip tone="warn">{of.stopped === "" ? "behind" : of.stopped}</Chip>}</td>
    </tr>
  );
}

function Text({ warrant }: { warrant: string }) {
  if (!looks()) return null;
  if (purpose.value === "" && roleOf() !== "supervisor")
    return (
      <div class="row">
        <Button onClick={() => void askPurpose()}>Say why, and read the signed text</Button>
      </div>
    );
  return <SignedText warrant={warrant} />;
}

function One({ name, of }: { name: string; of: Warrant[] }) {
  return (
    <Card title={`Warrant ${name}`} aside={looks() && <LinkButton href={`/search?q=${encodeURIComponent(term("warrant", name))}`}>Its messages</LinkButton>}>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={`What warrant ${name} has archived`}>
        <table class="table">
          <thead>
            <tr>
              <th>Archive</th>
              <th class="right">Records</th>
              <th>First</th>
              <th>Last</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {of.map((w) => (
              <Archive key={w.bot} of={w} />
            ))}
          </tbody>
        </table>
      </div>
      <Text warrant={name} />
    </Card>
  );
}

export function Warrants() {
  const asked = useAsk("GET /api/overview", {});
  return (
    <>
      <PageHead title="Warrants" about="Who may read what, until when, as custodians signed it; and what was archived under it" />
      <Shown of={asked}>
        {(o) => {
          const names = [...new Set(o.warrants.map((w) => w.warrant))];
          if (names.length === 0)
            return (
              <State icon="warrant" title="Nothing is archived yet">
                <p>A warrant appears here with its first message.</p>
              </State>
            );
          return (
            <div class="stack">
              {names.map((name) => (
                <One key={name} name={name} of={o.warrants.filter((w) => w.warrant === name)} />
              ))}
            </div>
          );
        }}
      </Shown>
    </>
  );
}

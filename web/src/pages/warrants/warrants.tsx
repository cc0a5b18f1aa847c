/** Warrants: what each has archived, how many days it has left, and its text as the custodians signed it. */
import { useAsk } from "../../api/use-ask.ts";
import { askPurpose, looks, purpose, roleOf } from "../../app/session.ts";
import { ArchiveTable, type Archived } from "../../parts/archive-table.tsx";
import { Button, LinkButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Validity } from "../../parts/validity.tsx";
import { term } from "../search/words.ts";
import { SignedText } from "./signed-text.tsx";

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

function One({ name, of }: { name: string; of: Archived[] }) {
  return (
    <Card title={`Warrant ${name}`} aside={looks() && <LinkButton href={`/search?q=${encodeURIComponent(term("warrant", name))}`}>Its messages</LinkButton>}>
      {of[0] !== undefined && (
        <p>
          <Validity of={of[0].validity} />
        </p>
      )}
      <ArchiveTable label={`What warrant ${name} has archived`} of={of} />
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

/** A case's messages, oldest first, a page after the other; each can be taken out again. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import type { Hits } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { attempt } from "../../app/toasts.ts";
import { zone } from "../../app/zone.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { MessageLine } from "../../parts/message-line.tsx";
import { Shown, State } from "../../parts/states.tsx";

const PAGE = 100;

function Lines({ of, word, again }: { of: Hits["hits"]; word: string; again: () => void }) {
  const takeOut = (id: number) => void attempt(() => ask("DELETE /api/cases/{word}/messages/{id}", { path: { word, id } }), "It is out of the case.").then(again);
  return (
    <div class="case-lines">
      {of.map((m) => (
        <div key={m.id} class="case-line">
          <MessageLine of={m} withTo />
          <Button kind="quiet" aria-label="Take it out of the case" onClick={() => takeOut(m.id)}>
            Take out
          </Button>
        </div>
      ))}
    </div>
  );
}

export function CaseMessages({ word, q }: { word: string; q: string }) {
  const [pages, setPages] = useState<string[]>([""]);
  const after = pages.at(-1) ?? "";
  const asked = useAsk("GET /api/search", { query: { q, zone: zone.value, order: "oldest", limit: PAGE, case: word, ...(after === "" ? {} : { after }) } });
  return (
    <Shown of={asked}>
      {(found) =>
        found.hits.length === 0 ? (
          <State icon="case" title="No message yet">
            <p>Search, choose hits, and put them into this case.</p>
            <LinkButton kind="main" href="/search">
              Search
            </LinkButton>
          </State>
        ) : (
          <Card title="In their order" flush>
            <Lines of={found.hits} word={word} again={asked.again} />
            {(pages.length > 1 || found.after !== null) && (
              <nav class="row case-pages" aria-label="Pages of the case">
                <Button disabled={pages.length === 1} onClick={() => setPages(pages.slice(0, -1))}>
                  Before
                </Button>
                <Button disabled={found.after === null} onClick={() => setPages([...pages, found.after ?? ""])}>
                  Further
                </Button>
              </nav>
            )}
          </Card>
        )
      }
    </Shown>
  );
}

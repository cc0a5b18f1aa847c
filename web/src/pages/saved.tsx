/** The searches that one keeps. */
import { ask } from "../api/client.ts";
import type { Searches } from "../api/schema.ts";
import { useAsk } from "../api/use-ask.ts";
import { attempt } from "../app/toasts.ts";
import { IconButton, LinkButton } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Shown, State } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";

function List({ of, again }: { of: Searches["searches"]; again: () => void }) {
  if (of.length === 0)
    return (
      <State icon="saved" title="None yet">
        <p>The bookmark beside the hits of a search keeps it here.</p>
        <LinkButton kind="main" href="/search">
          Search
        </LinkButton>
      </State>
    );
  return (
    <Card title="Yours" flush>
      {of.map((s) => (
        <div key={s.id} class="list-row">
          <a class="grow" href={`/search?q=${encodeURIComponent(s.query)}`}>
            <strong dir="auto">{s.name}</strong>
            <code class="faint cut" dir="auto">
              {s.query === "" ? "everything" : s.query}
            </code>
          </a>
          <span class="list-time">
            <Time at={s.at} />
          </span>
          <IconButton icon="close" label={`Remove ${s.name}`} onClick={() => void attempt(() => ask("DELETE /api/searches/{id}", { path: { id: s.id } }), `“${s.name}” is gone.`).then(again)} />
        </div>
      ))}
    </Card>
  );
}

export function Saved() {
  const asked = useAsk("GET /api/searches", {});
  return (
    <>
      <PageHead title="Saved searches" />
      <Shown of={asked}>{(s) => <List of={s.searches} again={asked.again} />}</Shown>
    </>
  );
}

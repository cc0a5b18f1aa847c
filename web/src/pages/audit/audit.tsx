/** The access log, all of it: filtered, page by page from either end, and verified here. */
import { useAsk } from "../../api/use-ask.ts";
import type { Log } from "../../api/schema.ts";
import { useKeys } from "../../app/keys.ts";
import { countOf, numberOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field, Select } from "../../parts/field.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Entries } from "./entries.tsx";
import { VerifyCard } from "./verify.tsx";

const PAGE = 100;
export const actions = ["sign-in", "sign-out", "refused", "search", "count", "view", "export", "mark", "user", "read-log", "pass", "receive"] as const;
type Action = (typeof actions)[number];

function Filters({ size }: { size: number | undefined }) {
  const q = query.value;
  const set = (changes: Record<string, string | undefined>) => navigate(withQuery({ ...changes, from: undefined }));
  return (
    <form
      class="audit-filters"
      onSubmit={(e) => {
        e.preventDefault();
        const form = new FormData(e.currentTarget);
        const entry = String(form.get("entry") ?? "").trim();
        navigate(withQuery({ user: String(form.get("user") ?? "").trim(), from: /^\d+$/.test(entry) ? entry : undefined }));
      }}
    >
      <Field label="User" name="user" value={q.get("user") ?? ""} placeholder="of all" autocomplete="off" />
      <Select label="Action" value={q.get("action") ?? ""} options={[["", "All actions"], ...actions.map((a) => [a, a] as const)]} change={(action) => set({ action })} />
      <Select label="Order" value={q.get("order") ?? ""} options={[["", "Newest first"], ["oldest", "Oldest first"]]} change={(order) => set({ order })} />
      <Field label="From entry" name="entry" value={q.get("from") ?? ""} placeholder={size === undefined ? "" : `0 to ${numberOf(size - 1)}`} autocomplete="off" />
      <Button type="submit">Show</Button>
    </form>
  );
}

function Pages({ of, oldest }: { of: Log; oldest: boolean }) {
  const next = of.from === null ? undefined : withQuery({ from: String(of.from) });
  const first = query.value.get("from") === null ? undefined : withQuery({ from: undefined });
  useKeys("Audit", [
    { keys: "n", what: "Further entries", run: () => next !== undefined && navigate(next) },
    { keys: "p", what: "Back", run: () => history.back() },
  ]);
  const last = of.entries.at(-1);
  return (
    <nav class="row audit-pages" aria-label="Pages of the log">
      <span class="soft grow">
        {of.entries.length === 0 ? "No entries" : `Entries ${numberOf(of.entries[0]?.number ?? 0)} to ${numberOf(last?.number ?? 0)}`} of {countOf(of.size, "entry", "entries")} in all
      </span>
      {first !== undefined && (
        <a class="button button-plain" href={first}>
          {oldest ? "To the oldest" : "To the newest"}
        </a>
      )}
      {next !== undefined && (
        <a class="button button-plain" href={next}>
          {oldest ? "Newer" : "Older"}
        </a>
      )}
    </nav>
  );
}

export function Audit() {
  const q = query.value;
  const oldest = q.get("order") === "oldest";
  const from = q.get("from");
  const asked = useAsk("GET /api/log", {
    query: {
      limit: PAGE,
      ...(oldest ? { order: "oldest" as const } : {}),
      ...(q.get("user") !== null ? { user: q.get("user") ?? "" } : {}),
      ...(q.get("action") !== null ? { action: q.get("action") as Action } : {}),
      ...(from !== null ? { from: Number(from) } : {}),
    },
  });
  return (
    <>
      <PageHead title="Audit" about="Every look, mark and sign-in, in the order in which they happened. No role and no route changes an entry." />
      <div class="stack">
        <VerifyCard />
        <Card title="Entries" flush>
          <Filters size={asked.data?.size} />
          <Shown of={asked}>
            {(log) => (
              <>
                {log.entries.length === 0 ? (
                  <State icon="audit" title="No entry of this kind">
                    <p>Take a filter away, or begin with another entry.</p>
                  </State>
                ) : (
                  <Entries of={log.entries} />
                )}
                <Pages of={log} oldest={oldest} />
              </>
            )}
          </Shown>
        </Card>
      </div>
    </>
  );
}

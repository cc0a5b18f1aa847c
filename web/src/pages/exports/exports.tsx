/** Exports: what a query finds, a case or single messages, counted before the first byte is given, and whole or
 * not at all. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { wordsOf } from "../../api/errors.ts";
import type { ExportMade, Exports as Answer } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { countOf, numberOf } from "../../app/numbers.ts";
import { query } from "../../app/router.ts";
import { useSettled } from "../../app/settled.ts";
import { zone } from "../../app/zone.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Field } from "../../parts/field.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { Fetch } from "./fetch.tsx";

type Format = "jsonl" | "csv";
type Selection = "query" | "case" | "ids";

const formats = [
  ["jsonl", "JSON lines", "all that the desk shows of a message, and its leaves in the archive's tree"],
  ["csv", "A table", "for spreadsheets"],
] as const;
const selections = [
  ["query", "What a query finds"],
  ["case", "A case"],
  ["ids", "Single messages"],
] as const;
const parameters: Record<Selection, string> = { query: "q", case: "case", ids: "ids" };
const hints: Record<Selection, string> = { query: "As in the search", case: "Its word", ids: "Their numbers, by blanks" };

function Counted({ of, format, again }: { of: ExportMade; format: Format; again: () => void }) {
  return (
    <div class="stack" role="status">
      <p>
        <strong>{countOf(of.messages, "message")}</strong>: <code dir="auto">{of.selection === "" ? "everything" : of.selection}</code>
      </p>
      {of.by_warrants.length > 0 && <p class="soft">{of.by_warrants.map((w) => `${numberOf(w.messages)} under ${w.warrants}`).join(", ")}</p>}
      <Fetch id={of.id} format={format} messages={of.messages} done={again} />
    </div>
  );
}

function Make({ again }: { again: () => void }) {
  const [selection, setSelection] = useState<Selection>(() => selections.map(([s]) => s).find((s) => query.value.has(parameters[s])) ?? "query");
  const [value, setValue] = useState(query.value.get(parameters[selection]) ?? "");
  const [format, setFormat] = useState<Format>(query.value.get("format") === "csv" ? "csv" : "jsonl");
  useSettled({ q: undefined, case: undefined, ids: undefined, [parameters[selection]]: value, format: format === "csv" ? format : undefined });
  const [made, setMade] = useState<ExportMade>();
  const [wrong, setWrong] = useState<string>();
  const make = (e: Event) => {
    e.preventDefault();
    setWrong(undefined);
    ask("POST /api/exports", { body: { format, selection, value, zone: zone.value } })
      .then((m) => {
        setMade(m);
        again();
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <Card title="New export">
      <form class="stack" onSubmit={make}>
        <Choice label="Which messages" value={selection} choices={selections} change={(s) => (setSelection(s), setMade(undefined))} />
        <Field label={selections.find(([s]) => s === selection)?.[1] ?? ""} hint={hints[selection]} value={value} dir="auto" autocomplete="off" error={wrong} onInput={(e) => (setValue(e.currentTarget.value), setMade(undefined))} />
        <Choice label="As what" value={format} choices={formats} change={(f) => (setFormat(f), setMade(undefined))} />
        {made === undefined ? (
          <div class="row">
            <Button kind="main" type="submit">
              Count and freeze them
            </Button>
            <span class="soft">Their count stands in the access log before the first byte is given.</span>
          </div>
        ) : (
          <Counted of={made} format={format} again={again} />
        )}
      </form>
    </Card>
  );
}

function List({ of }: { of: Answer["exports"] }) {
  if (of.length === 0) return <State icon="export" title="You have exported nothing" />;
  return (
    <>
      {of.map((e) => (
        <div key={e.id} class="list-row">
          <span class="grow">
            <strong>
              {countOf(e.messages, "message")}, {e.format === "csv" ? "a table" : "JSON lines"}
            </strong>
            <code class="faint cut" dir="auto">
              {e.selection === "" ? "everything" : e.selection}
            </code>
          </span>
          <span class="list-time">
            <Time at={e.at} />
          </span>
          <Fetch id={e.id} format={e.format} messages={e.messages} done={() => undefined} />
        </div>
      ))}
    </>
  );
}

export function Exports() {
  const asked = useAsk("GET /api/exports", { query: { limit: 100 } });
  return (
    <>
      <PageHead title="Exports" about="What leaves the desk is readable: keeping it safe is yours" />
      <div class="stack">
        <Make again={asked.again} />
        <Card title="Yours" flush>
          <Shown of={asked}>{(e) => <List of={e.exports} />}</Shown>
        </Card>
      </div>
    </>
  );
}

/** An outcome for the ledger, or one in the place of another. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { wordsOf } from "../../api/errors.ts";
import type { Case } from "../../api/schema.ts";
import { tell } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";

type Outcome = Case["outcomes"][number];
const kinds = [
  ["arrest", "Arrest"],
  ["search", "Search"],
  ["seizure", "Seizure"],
] as const;

interface Props {
  word: string;
  corrects: Outcome | undefined;
  close: () => void;
  done: () => void;
}

const today = () => new Date().toISOString().slice(0, 10);

export function OutcomeDialog({ word, corrects, close, done }: Props) {
  const [kind, setKind] = useState<Outcome["kind"]>(corrects?.kind ?? "arrest");
  const [form, setForm] = useState({ amount: corrects?.amount ?? "1", unit: corrects?.unit ?? "persons", country: corrects?.country ?? "", date: corrects?.date ?? today(), note: corrects?.note ?? "" });
  const [wrong, setWrong] = useState<string>();
  const put = (part: keyof typeof form) => (e: { currentTarget: { value: string } }) => setForm({ ...form, [part]: e.currentTarget.value });
  const send = (e: Event) => {
    e.preventDefault();
    const body = { kind, ...form, country: form.country.trim().toUpperCase(), ...(corrects === undefined ? {} : { corrects: corrects.id }) };
    ask("POST /api/cases/{word}/outcomes", { path: { word }, body })
      .then(() => {
        tell(corrects === undefined ? "It stands in the ledger." : "It stands in the place of the other, which stays to be read.");
        close();
        done();
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <Dialog title={corrects === undefined ? "Add an outcome" : "Correct an outcome"} close={close}>
      <form class="stack" onSubmit={send}>
        <Choice label="Kind" value={kind} choices={kinds} change={setKind} />
        <Field label="Amount" value={form.amount} required onInput={put("amount")} />
        <Field label="Unit" value={form.unit} hint="persons, kg, EUR …" required onInput={put("unit")} />
        <Field label="Country" value={form.country} maxLength={2} hint="Two letters, such as NL; empty: unknown" onInput={put("country")} />
        <Field label="Date" type="date" value={form.date} required onInput={put("date")} />
        <Field label="Note" value={form.note} dir="auto" onInput={put("note")} />
        {wrong !== undefined && (
          <p class="field-error" role="alert">
            {wrong}
          </p>
        )}
        <div class="dialog-foot">
          <Button onClick={close}>Not now</Button>
          <Button kind="main" type="submit">
            Write it down
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

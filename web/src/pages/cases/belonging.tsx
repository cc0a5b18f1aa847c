/** Who belongs to a case: people and organisations that reviewers put there. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import type { Case } from "../../api/schema.ts";
import { attempt } from "../../app/toasts.ts";
import { Button, IconButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { handleOf, Person } from "../../parts/person.tsx";

function Add({ label, add }: { label: string; add: (value: string) => Promise<boolean> }) {
  const [value, setValue] = useState("");
  return (
    <form
      class="network-who"
      onSubmit={(e) => {
        e.preventDefault();
        if (value.trim() !== "") void add(value.trim()).then((well) => well && setValue(""));
      }}
    >
      <Field label={label} value={value} dir="auto" autocomplete="off" onInput={(e) => setValue(e.currentTarget.value)} />
      <Button type="submit">Add</Button>
    </form>
  );
}

export function Belonging({ of, again }: { of: Case; again: () => void }) {
  const person = async (account: string, on: boolean) => {
    const well = await attempt(() => ask("PUT /api/cases/{word}/people", { path: { word: of.word }, body: { account, on } }), on ? `${handleOf(account)} belongs to the case.` : `${handleOf(account)} is out of the case.`);
    again();
    return well;
  };
  const organisation = async (name: string, on: boolean) => {
    const well = await attempt(() => ask("PUT /api/cases/{word}/organisations", { path: { word: of.word }, body: { organisation: name, on } }), on ? `${name} belongs to the case.` : `${name} is out of the case.`);
    again();
    return well;
  };
  return (
    <div class="two">
      <Card title="People of the case">
        {of.people.map((p) => (
          <p key={p.account} class="row">
            <Person account={p.account} withInitial /> <span class="faint">put here by {p.by}</span>
            <IconButton icon="close" label={`Take ${handleOf(p.account)} out`} onClick={() => void person(p.account, false)} />
          </p>
        ))}
        <Add label="Account" add={(account) => person(account, true)} />
      </Card>
      <Card title="Organisations of the case">
        {of.organisations.map((o) => (
          <p key={o.organisation} class="row">
            <a href={`/organisations/${encodeURIComponent(o.organisation)}`}>{o.organisation}</a> <span class="faint">put here by {o.by}</span>
            <IconButton icon="close" label={`Take ${o.organisation} out`} onClick={() => void organisation(o.organisation, false)} />
          </p>
        ))}
        <Add label="Organisation" add={(name) => organisation(name, true)} />
      </Card>
    </div>
  );
}

/** The accounts that are one person: merged, split, and what was done, which can be undone. */
import { useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import type { Accounts, Person as PersonData } from "../api/schema.ts";
import { attempt } from "../app/toasts.ts";
import { numberOf } from "../app/numbers.ts";
import { AskReason } from "../parts/ask-reason.tsx";
import { Button } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { handleOf, Person } from "../parts/person.tsx";
import { Time } from "../parts/time.tsx";

type Change = Accounts["changes"][number];

function MergeDialog({ of, like, close, done }: { of: PersonData; like: PersonData[]; close: () => void; done: () => void }) {
  const [other, setOther] = useState("");
  const [name, setName] = useState("");
  const take = (reason: string) => {
    const merge = () => ask("POST /api/people/{account}/merge", { path: { account: of.account }, body: { with: other.trim(), name: name.trim(), reason } });
    void attempt(merge, `${handleOf(of.account)} and ${handleOf(other.trim())} are one person.`).then(done);
  };
  return (
    <AskReason title={`Merge ${handleOf(of.account)} with…`} go="Merge them" close={close} take={take}>
      <Field label="Account" hint="A handle with its domain. All accounts of that person come with it." value={other} list="alike-accounts" dir="auto" autocomplete="off" autofocus required onInput={(e) => setOther(e.currentTarget.value)} />
      <datalist id="alike-accounts">
        {like.map((p) => (
          <option key={p.account} value={p.account} />
        ))}
      </datalist>
      <Field label="Name" hint="What the person is called from then on. Empty: as one of them is." value={name} dir="auto" autocomplete="off" onInput={(e) => setName(e.currentTarget.value)} />
    </AskReason>
  );
}

const said: Record<Change["kind"], string> = { named: "named", merged: "merged", split: "split off", undone: "undone" };
const called = (name: string) => (name === "" ? "no name" : `“${name}”`);

function History({ of, undo }: { of: Change[]; undo: (c: Change) => void }) {
  if (of.length === 0) return <p class="faint">Nothing was merged or split.</p>;
  return (
    <ul class="stack" aria-label="What was merged and split">
      {of.map((c) => (
        <li key={c.id}>
          <Time at={c.at} /> <strong>{said[c.kind]}</strong> by {c.user}
          {c.reason !== "" && (
            <>
              : <span dir="auto">{c.reason}</span>
            </>
          )}
          {c.accounts
            .filter((a) => a.before !== a.after)
            .map((a) => (
              <p key={a.account} class="faint">
                <Person account={a.account} /> <span dir="auto">{`${called(a.before)} → ${called(a.after)}`}</span>
              </p>
            ))}
          {c.undoable && <Button onClick={() => undo(c)}>Undo</Button>}
        </li>
      ))}
    </ul>
  );
}

type Asking = { what: "merge" } | { what: "split"; account: string } | { what: "undo"; change: Change };

function Dialogs({ asking, of, all, close, done }: { asking: Asking; of: PersonData; all: Accounts; close: () => void; done: () => void }) {
  switch (asking.what) {
    case "merge":
      return <MergeDialog of={of} like={all.like} close={close} done={done} />;
    case "split": {
      const { account } = asking;
      const split = (reason: string) =>
        void attempt(() => ask("POST /api/people/{account}/split", { path: { account }, body: { reason } }), `${handleOf(account)} is a person by itself.`).then(done);
      return <AskReason title={`Split ${handleOf(account)} off?`} go="Split it off" close={close} take={split} />;
    }
    case "undo": {
      const { id } = asking.change;
      const undo = (reason: string) => void attempt(() => ask("POST /api/people/changes/{id}/undo", { path: { id }, body: { reason } }), "Undone.").then(done);
      return <AskReason title="Undo it?" go="Undo it" close={close} take={undo} />;
    }
  }
}

export function PersonAccounts({ of, all, again }: { of: PersonData; all: Accounts; again: () => void }) {
  const [asking, setAsking] = useState<Asking>();
  return (
    <div class="two">
      <Card title="Accounts of this person">
        {all.accounts.map((p) => (
          <p key={p.account} class="row">
            <Person account={p.account} withInitial /> <span class="faint grow">{numberOf(p.sent + p.received)} messages</span>
            {all.accounts.length > 1 && <Button onClick={() => setAsking({ what: "split", account: p.account })}>{`Split ${handleOf(p.account)} off`}</Button>}
          </p>
        ))}
        {all.like.length > 0 && (
          <p class="faint">
            Of a like handle:{" "}
            {all.like.map((p, i) => (
              <span key={p.account}>
                {i > 0 && ", "}
                <Person account={p.account} />
              </span>
            ))}
          </p>
        )}
        <div>
          <Button onClick={() => setAsking({ what: "merge" })}>Merge with…</Button>
        </div>
      </Card>
      <Card title="Merged and split">
        <History of={all.changes} undo={(change) => setAsking({ what: "undo", change })} />
      </Card>
      {asking !== undefined && <Dialogs asking={asking} of={of} all={all} close={() => setAsking(undefined)} done={again} />}
    </div>
  );
}

/** A person: who it is, whom they write with, their conversations. */
import { useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import type { Accounts, Contacts, Person } from "../api/schema.ts";
import { useAsk } from "../api/use-ask.ts";
import { countryOf, numberOf } from "../app/numbers.ts";
import type { Parts } from "../app/routes.ts";
import { looks, reads } from "../app/session.ts";
import { attempt } from "../app/toasts.ts";
import { Bar } from "../parts/bar.tsx";
import { Button, LinkButton } from "../parts/button.tsx";
import { Card, Figure } from "../parts/card.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { handleOf, Initial } from "../parts/person.tsx";
import { MarkPrivileged } from "../parts/mark-privileged.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Failed, Shown, Skeleton } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { ConversationRow, useConversations } from "./conversations.tsx";
import { PersonAccounts } from "./person-accounts.tsx";
import { term } from "./search/words.ts";

/** What finds the person: their name, which all of their accounts have, or the handle. */
const calledOf = (name: string, account: string) => (name === "" ? handleOf(account) : name);
const search = (q: string) => `/search?q=${encodeURIComponent(q)}`;

function NameDialog({ of, what, close, done }: { of: Person; what: "name" | "organisation"; close: () => void; done: () => void }) {
  const [text, setText] = useState(of[what]);
  const save = (e: Event) => {
    e.preventDefault();
    const set = () =>
      what === "name"
        ? ask("PUT /api/people/{account}/name", { path: { account: of.account }, body: { name: text.trim(), whole: true } })
        : ask("PUT /api/people/{account}/organisation", { path: { account: of.account }, body: { organisation: text.trim() } });
    void attempt(set, "Kept.").then((good) => {
      if (!good) return;
      close();
      done();
    });
  };
  const hint = what === "name" ? "Of all accounts of the person. Accounts that have the same name count as one person. Empty: none." : "Empty: of none.";
  return (
    <Dialog title={what === "name" ? "The person's name" : "Organisation"} close={close}>
      <form class="stack" onSubmit={save}>
        <Field label={what === "name" ? "Name" : "Organisation"} hint={hint} value={text} dir="auto" autofocus onInput={(e) => setText(e.currentTarget.value)} />
        <div class="dialog-foot">
          <Button kind="main" type="submit">
            Keep it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Facts({ of, edit }: { of: Person; edit: (what: "name" | "organisation") => void }) {
  const countries = of.countries.split(" ").filter((c) => c !== "");
  return (
    <Card title="Who it is">
      <div class="row">
        <Initial account={of.account} large />
        <dl class="facts grow">
          <dt>Account</dt>
          <dd class="mono">{of.account}</dd>
          {reads() && (
            <>
              <dt>Name</dt>
              <dd dir="auto">{of.name === "" ? <span class="faint">none given</span> : of.name}</dd>
              <dt>Organisation</dt>
              <dd dir="auto">{of.organisation === "" ? <span class="faint">none</span> : <a href={`/organisations/${encodeURIComponent(of.organisation)}`}>{of.organisation}</a>}</dd>
            </>
          )}
          <dt>Wrote from</dt>
          <dd>{countries.length === 0 ? <span class="faint">unknown</span> : countries.map(countryOf).join(", ")}</dd>
          <dt>First, last</dt>
          <dd>
            <Time at={of.first} /> – <Time at={of.last} />
          </dd>
        </dl>
      </div>
      {reads() && (
        <div class="row">
          <Button onClick={() => edit("name")}>Give a name</Button>
          <Button onClick={() => edit("organisation")}>Set the organisation</Button>
        </div>
      )}
    </Card>
  );
}

const between = (a: string, b: string) => search(`(${term("from", a)} ${term("to", b)}) OR (${term("from", b)} ${term("to", a)})`);

function ContactList({ of, self }: { of: Contacts["contacts"]; self: string }) {
  const most = Math.max(1, ...of.map((c) => c.sent + c.received));
  if (of.length === 0) return <p class="faint">With nobody yet.</p>;
  return (
    <div class="bars">
      {of.map((c) => (
        <Bar key={c.account} label={calledOf(c.name, c.account)} count={c.sent + c.received} most={most} href={between(self, calledOf(c.name, c.account))} />
      ))}
    </div>
  );
}

function Theirs({ account }: { account: string }) {
  const c = useConversations(account);
  return (
    <Card title="Conversations" flush>
      {c.error !== undefined ? (
        <Failed error={c.error} again={c.again} />
      ) : c.busy && c.list.length === 0 ? (
        <Skeleton />
      ) : (
        <>
          {c.list.map((one) => (
            <ConversationRow key={one.id} of={one} />
          ))}
          {c.after !== null && (
            <Button kind="quiet" onClick={c.more}>
              More
            </Button>
          )}
        </>
      )}
    </Card>
  );
}

function Unseen({ who }: { who: string }) {
  const q = `${term("with", who)} unseen:me`;
  const asked = useAsk("GET /api/count", { query: { q } });
  return <Figure label="That you have not seen" value={asked.data === undefined ? "…" : numberOf(asked.data.total)} href={search(q)} />;
}

const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);

/** `all`: the accounts that are one person, where whoever looks may know them; without it the account alone. */
function Whole({ of, all, again }: { of: Person; all?: Accounts; again: () => void }) {
  const contacts = useAsk("GET /api/people/{account}/contacts", { path: { account: of.account }, query: { limit: 20 } });
  const [edits, setEdits] = useState<"name" | "organisation">();
  const who = calledOf(of.name, of.account);
  const counted = all?.accounts ?? [of];
  return (
    <div class="overview">
      <div class="figures">
        <Figure label="Sent" value={numberOf(sum(counted.map((p) => p.sent)))} href={search(term("from", who))} />
        <Figure label="Received" value={numberOf(sum(counted.map((p) => p.received)))} href={search(term("to", who))} />
        {reads() && <Unseen who={who} />}
      </div>
      <div class="two">
        <Facts of={of} edit={setEdits} />
        <Card title="Writes most with">
          <Shown of={contacts}>{(c) => <ContactList of={c.contacts} self={who} />}</Shown>
        </Card>
      </div>
      {all !== undefined && <PersonAccounts of={of} all={all} again={again} />}
      <Theirs account={of.account} />
      {edits !== undefined && <NameDialog of={of} what={edits} close={() => setEdits(undefined)} done={again} />}
    </div>
  );
}

export function PersonPage({ parts }: { parts: Parts }) {
  const account = parts["account"] ?? "";
  const asked = useAsk("GET /api/people/{account}", { path: { account } });
  const all = useAsk("GET /api/people/{account}/accounts", looks() ? { path: { account } } : undefined);
  const again = () => {
    asked.again();
    all.again();
  };
  return (
    <>
      <PageHead title={handleOf(account)} about={asked.data?.name === "" ? "A person" : asked.data?.name}>
        <LinkButton icon="search" href={search(term("with", calledOf(asked.data?.name ?? "", account)))}>
          Search with them
        </LinkButton>
        {looks() && (
          <LinkButton icon="network" href={`/network?view=around&who=${encodeURIComponent(account)}`}>
            Around them
          </LinkButton>
        )}
        <MarkPrivileged kind="person" what={[account]} words={`all of ${handleOf(account)}`} done={again} />
      </PageHead>
      <Shown of={asked}>{(p) => (looks() ? <Shown of={all}>{(a) => <Whole of={p} all={a} again={again} />}</Shown> : <Whole of={p} again={asked.again} />)}</Shown>
    </>
  );
}

/** The own account: passkeys and the password. */
import { useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import { wordsOf } from "../api/errors.ts";
import { addPasskey, passkeysPossible } from "../api/passkey.ts";
import type { Passkeys } from "../api/schema.ts";
import { useAsk } from "../api/use-ask.ts";
import { session } from "../app/session.ts";
import { attempt, tell } from "../app/toasts.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Shown } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";

function AddPasskey({ close, done }: { close: () => void; done: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string>();
  const add = (e: Event) => {
    e.preventDefault();
    addPasskey(name, password)
      .then(() => {
        tell(`The passkey “${name}” is a way in from now on.`);
        done();
        close();
      })
      .catch((x: unknown) => setWrong(x instanceof DOMException ? "The device made no passkey. Try again." : wordsOf(x)));
  };
  return (
    <Dialog title="Add a passkey" close={close}>
      <form class="stack" onSubmit={add}>
        <Field label="A name for it" hint="By which you know it again, such as “blue key”" value={name} required autofocus onInput={(e) => setName(e.currentTarget.value)} />
        <Field label="Your password" type="password" autocomplete="current-password" value={password} error={wrong} required onInput={(e) => setPassword(e.currentTarget.value)} />
        <div class="dialog-foot">
          <Button kind="main" type="submit">
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function PasskeyList({ of, again }: { of: Passkeys["passkeys"]; again: () => void }) {
  if (of.length === 0) return <p class="soft">None yet. A passkey cannot be phished or guessed, and is quicker than a password.</p>;
  return (
    <ul class="stack">
      {of.map((p) => (
        <li key={p.id} class="row">
          <strong class="grow" dir="auto">
            {p.name}
          </strong>
          <span class="soft">
            made <Time at={p.made} />, used <Time at={p.used} />
          </span>
          <IconButton icon="close" label={`Remove ${p.name}`} onClick={() => void attempt(() => ask("DELETE /api/passkeys/{id}", { path: { id: p.id } }), `“${p.name}” is no longer a way in.`).then(again)} />
        </li>
      ))}
    </ul>
  );
}

function PasswordForm() {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [wrong, setWrong] = useState<string>();
  const change = (e: Event) => {
    e.preventDefault();
    setWrong(undefined);
    ask("POST /api/password", { body: { old, new: fresh } })
      .then(() => {
        setOld("");
        setFresh("");
        tell("Your password is changed.");
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <form class="stack" onSubmit={change}>
      <Field label="The one you have" type="password" autocomplete="current-password" value={old} required onInput={(e) => setOld(e.currentTarget.value)} />
      <Field label="The new one" type="password" autocomplete="new-password" value={fresh} error={wrong} required onInput={(e) => setFresh(e.currentTarget.value)} />
      <div>
        <Button type="submit">Change it</Button>
      </div>
    </form>
  );
}

function PasswordSwitch({ on, again }: { on: boolean; again: () => void }) {
  const turn = () => attempt(() => ask("PUT /api/password", { body: { off: on } }), on ? "Only passkeys let you in now." : "The password is a way in again.").then(again);
  return <Button onClick={() => void turn()}>{on ? "Let only passkeys in" : "Let the password in again"}</Button>;
}

export function Account() {
  const asked = useAsk("GET /api/passkeys", {});
  const [adds, setAdds] = useState(false);
  const s = session.value;
  const who = s === null || s === "unknown" ? "" : `Signed in as ${s.user}, ${s.role}`;
  return (
    <>
      <PageHead title="Your account" about={who} />
      <div class="overview-two">
        <Card title="Passkeys" aside={passkeysPossible() && <Button icon="plus" onClick={() => setAdds(true)}>Add</Button>}>
          <Shown of={asked} lines={2}>
            {(p) => (
              <>
                <PasskeyList of={p.passkeys} again={asked.again} />
                {p.passkeys.length > 0 && <PasswordSwitch on={p.password} again={asked.again} />}
              </>
            )}
          </Shown>
        </Card>
        <Card title="Password">
          <PasswordForm />
        </Card>
      </div>
      {adds && <AddPasskey close={() => setAdds(false)} done={asked.again} />}
    </>
  );
}

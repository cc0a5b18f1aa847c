/** A user is added, or gets another password: shown once, here, to be handed over. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { wordsOf } from "../../api/errors.ts";
import type { Role } from "../../app/session.ts";
import { tell } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { roleChoices } from "./roles.ts";

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS = 5;

/** 100 bits, in groups that can be read out. */
function passwordMade(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(4 * GROUPS));
  const text = Array.from(bytes, (b) => LETTERS[b % LETTERS.length]).join("");
  return text.match(/.{4}/g)?.join("-") ?? text;
}

function Foot({ close, what }: { close: () => void; what: string }) {
  return (
    <div class="dialog-foot">
      <Button onClick={close}>Not now</Button>
      <Button kind="main" type="submit">
        {what}
      </Button>
    </div>
  );
}

export function AddUser({ close, done }: { close: () => void; done: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("reviewer");
  const [password, setPassword] = useState(passwordMade);
  const [wrong, setWrong] = useState<string>();
  const add = (e: Event) => {
    e.preventDefault();
    ask("POST /api/users", { body: { name: name.trim(), role, password } })
      .then(() => {
        tell(`${name.trim()} may sign in now, as ${role}.`);
        close();
        done();
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <Dialog title="Add a user" close={close}>
      <form class="stack" onSubmit={add}>
        <Field label="Name" value={name} autocomplete="off" autofocus required error={wrong} onInput={(e) => setName(e.currentTarget.value)} />
        <Choice label="Role" value={role} choices={roleChoices} change={setRole} />
        <Field label="First password" value={password} autocomplete="off" hint="Hand it over in person. They change it, or add a passkey, under “Your account”. It is not shown again." onInput={(e) => setPassword(e.currentTarget.value)} />
        <Foot close={close} what="Add" />
      </form>
    </Dialog>
  );
}

export function NewPassword({ name, close, done }: { name: string; close: () => void; done: () => void }) {
  const [password, setPassword] = useState(passwordMade);
  const [wrong, setWrong] = useState<string>();
  const set = (e: Event) => {
    e.preventDefault();
    ask("PUT /api/users/{name}", { path: { name }, body: { password } })
      .then(() => {
        tell(`${name} has a new password; their sessions have ended.`);
        close();
        done();
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <Dialog title={`A new password for ${name}`} close={close}>
      <form class="stack" onSubmit={set}>
        <Field label="Password" value={password} autocomplete="off" error={wrong} hint="Hand it over in person. It is not shown again." onInput={(e) => setPassword(e.currentTarget.value)} />
        <Foot close={close} what="Set it" />
      </form>
    </Dialog>
  );
}

export function NewRole({ name, role, close, done }: { name: string; role: Role; close: () => void; done: () => void }) {
  const [next, setNext] = useState(role);
  const [wrong, setWrong] = useState<string>();
  const set = (e: Event) => {
    e.preventDefault();
    ask("PUT /api/users/{name}", { path: { name }, body: { role: next } })
      .then(() => {
        tell(`${name} is ${next} now; their sessions have ended.`);
        close();
        done();
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <Dialog title={`Another role for ${name}`} close={close}>
      <form class="stack" onSubmit={set}>
        <Choice label="Role" value={next} choices={roleChoices} change={setNext} />
        {wrong !== undefined && (
          <p class="field-error" role="alert">
            {wrong}
          </p>
        )}
        <Foot close={close} what="Give it" />
      </form>
    </Dialog>
  );
}

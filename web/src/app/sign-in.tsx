/** Who is there: by passkey or by password. The same form stands over the page when a session ended. */
import { useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import { wordsOf } from "../api/errors.ts";
import { passkeysPossible, signInByPasskey } from "../api/passkey.ts";
import type { Session } from "../api/schema.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { kept } from "./kept.ts";
import { expired, session, signedIn } from "./session.ts";

const lastName = kept<string>("user", "");

function useSignIn(name: string) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const run = (how: () => Promise<Session>) => {
    if (name === "") return setWrong("Say your name first.");
    setBusy(true);
    setWrong(undefined);
    how()
      .then((s) => {
        lastName.value = s.user;
        signedIn(s);
      })
      .catch((e: unknown) => {
        const none = e instanceof DOMException;
        setWrong(none ? "No passkey was used. Try again, or take the password." : `${wordsOf(e)}.`.replace("..", "."));
      })
      .finally(() => setBusy(false));
  };
  return { busy, wrong, run };
}

function Form({ fixed }: { fixed?: string }) {
  const [name, setName] = useState(fixed ?? lastName.value);
  const [password, setPassword] = useState("");
  const { busy, wrong, run } = useSignIn(name);
  const byPassword = (e: Event) => {
    e.preventDefault();
    run(() => ask("POST /api/session", { body: { name, password } }));
  };
  return (
    <form class="stack" onSubmit={byPassword}>
      <Field label="Name" name="name" value={name} disabled={fixed !== undefined} autocomplete="username webauthn" required onInput={(e) => setName(e.currentTarget.value)} />
      <Field label="Password" name="password" type="password" value={password} autocomplete="current-password" error={wrong} onInput={(e) => setPassword(e.currentTarget.value)} />
      <Button kind="main" type="submit" disabled={busy}>
        Sign in
      </Button>
      {passkeysPossible() && (
        <Button icon="key" disabled={busy} onClick={() => run(() => signInByPasskey(name))}>
          Use a passkey
        </Button>
      )}
    </form>
  );
}

export function SignIn() {
  return (
    <main class="gate">
      <div class="gate-card">
        <div class="row">
          <img src="/icon.svg" width="32" height="32" alt="" />
          <div>
            <h1>Ironside</h1>
            <p class="faint">The desk</p>
          </div>
        </div>
        <Form />
        <p class="faint">
          <Icon name="audit" size={12} /> Every look is written down: who, when, why.
        </p>
      </div>
    </main>
  );
}

export function Expired() {
  const s = session.value;
  if (s === null || s === "unknown") return null;
  const asAnother = () => {
    session.value = null;
    expired.value = false;
  };
  return (
    <Dialog title="Your session has ended">
      <p class="soft">Sign in again and go on where you were.</p>
      <Form fixed={s.user} />
      <Button kind="quiet" onClick={asAnother}>
        Sign in as somebody else
      </Button>
    </Dialog>
  );
}

/** A selection becomes an organisation: each of its people is said to belong to it. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { countOf } from "../../app/numbers.ts";
import { navigate } from "../../app/router.ts";
import { complain, tell } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { handleOf } from "../../parts/person.tsx";
import type { Member } from "./measures.ts";

const MOST = 64;

export function OrganiseDialog({ of, close, done }: { of: Member[]; close: () => void; done: () => void }) {
  const [name, setName] = useState("");
  const [reached, setReached] = useState<number>();
  const others = of.filter((p) => p.organisation !== "" && p.organisation !== name.trim());
  const say = async (e: Event) => {
    e.preventDefault();
    const organisation = name.trim();
    if (organisation === "") return;
    try {
      for (const [i, p] of of.entries()) {
        setReached(i);
        await ask("PUT /api/people/{account}/organisation", { path: { account: p.account }, body: { organisation } });
      }
      tell(`${countOf(of.length, "person", "people")} belong to ${organisation} now.`, { label: "See it", run: () => navigate(`/organisations/${encodeURIComponent(organisation)}`) });
      close();
    } catch (x) {
      complain(x);
    }
    setReached(undefined);
    done();
  };
  return (
    <Dialog title={`${countOf(of.length, "person", "people")} become an organisation`} close={close}>
      <form class="stack" onSubmit={(e) => void say(e)}>
        <p class="soft" dir="auto">
          {of.slice(0, 8).map((p) => handleOf(p.person)).join(", ")}
          {of.length > 8 && ` and ${of.length - 8} others`}
        </p>
        <Field label="Name" value={name} maxLength={MOST} dir="auto" required autofocus hint="org:NAME finds what its people write" onInput={(e) => setName(e.currentTarget.value)} />
        {others.length > 0 && <p class="field-error">{countOf(others.length, "person", "people")} of them belong to another one until now, such as {others[0]?.organisation}.</p>}
        <div class="dialog-foot">
          <Button onClick={close}>Not now</Button>
          <Button kind="main" type="submit" disabled={reached !== undefined}>
            {reached === undefined ? "Make it" : `${reached} of ${of.length}`}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

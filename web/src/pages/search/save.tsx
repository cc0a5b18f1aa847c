/** Keeps a question under a name, for oneself. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { wordsOf } from "../../api/errors.ts";
import { tell } from "../../app/toasts.ts";
import { navigate } from "../../app/router.ts";
import { zone } from "../../app/zone.ts";
import { Button, IconButton } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";

function Ask({ q, close }: { q: string; close: () => void }) {
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState<string>();
  const save = (e: Event) => {
    e.preventDefault();
    ask("POST /api/searches", { body: { name, query: q, zone: zone.value } })
      .then(() => {
        tell(`Saved as “${name}”.`, { label: "Saved searches", run: () => navigate("/saved") });
        close();
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <Dialog title="Save this search" close={close}>
      <form class="stack" onSubmit={save}>
        <p>
          <code dir="auto">{q === "" ? "everything" : q}</code>
        </p>
        <Field label="Name" value={name} error={wrong} required autofocus onInput={(e) => setName(e.currentTarget.value)} />
        <div class="dialog-foot">
          <Button kind="main" type="submit">
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function SaveSearch({ q }: { q: string }) {
  const [asks, setAsks] = useState(false);
  return (
    <>
      <IconButton icon="saved" label="Save this search" onClick={() => setAsks(true)} />
      {asks && <Ask q={q} close={() => setAsks(false)} />}
    </>
  );
}

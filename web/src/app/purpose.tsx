/** Why a user looks: asked once, shown always, changed at any time. It stands in the access log with
 * everything that they open from then on. */
import { useState } from "preact/hooks";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { asking, purpose, sayPurpose } from "./session.ts";

const MOST = 512;

function Inside() {
  const [text, setText] = useState(purpose.value);
  const close = () => {
    asking.value?.done(false);
    asking.value = undefined;
  };
  return (
    <Dialog title="Why do you look?" close={close}>
      <form
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          if (text.trim() !== "") sayPurpose(text);
        }}
      >
        <Field label="Purpose" hint="In your words, such as the case and the question. It stands in the access log with all that you open." value={text} maxLength={MOST} dir="auto" required autofocus onInput={(e) => setText(e.currentTarget.value)} />
        <div class="dialog-foot">
          <Button onClick={close}>Not now</Button>
          <Button kind="main" type="submit">
            Go on
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function PurposeDialog() {
  return asking.value === undefined ? null : <Inside />;
}

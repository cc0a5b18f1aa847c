/** How a threat is decided: one of three, and why. Deciding answers for it, too. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { attempt } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea } from "../../parts/field.tsx";
import { Choice } from "../../parts/choice.tsx";
import type { Threat } from "./clock.ts";

const MOST = 2000;
type Decision = "threat" | "passed-on" | "no-threat";
const choices = [
  ["threat", "A threat", "It is real, and acted on here: say what is done."],
  ["passed-on", "Passed on", "Somebody else acts on it: say who knows, and since when."],
  ["no-threat", "No threat", "Say why not: a quotation, a game, a manner of speaking."],
] as const;

export function DecideDialog({ of, close, done }: { of: Threat; close: () => void; done: () => void }) {
  const [decision, setDecision] = useState<Decision>();
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  const decide = async (e: Event) => {
    e.preventDefault();
    if (decision === undefined) return setWrong("Choose one of the three.");
    if (reason.trim() === "") return setWrong("Say why: it stands beside the decision.");
    const well = await attempt(() => ask("POST /api/threats/{id}/decide", { path: { id: of.id }, body: { decision, reason: reason.trim() } }), "It is decided.");
    if (!well) return;
    close();
    done();
  };
  return (
    <Dialog title="Decide this threat" close={close}>
      <form class="stack" onSubmit={(e) => void decide(e)}>
        <Choice label="What it is" value={decision} choices={choices} change={setDecision} />
        <TextArea label="Reason" value={reason} maxLength={MOST} dir="auto" error={wrong} onInput={(e) => setReason(e.currentTarget.value)} />
        <div class="dialog-foot">
          <Button onClick={close}>Not now</Button>
          <Button kind="main" type="submit">
            Decide
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

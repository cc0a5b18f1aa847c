/** What can be done with the message that is selected, and the notes on it. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import type { Message as Whole } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { useKeys } from "../../app/keys.ts";
import { reads } from "../../app/session.ts";
import { attempt } from "../../app/toasts.ts";
import { AskWord } from "../../parts/ask-word.tsx";
import { Button, IconButton } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea } from "../../parts/field.tsx";
import { Time } from "../../parts/time.tsx";
import { applyToChosen } from "../search/bulk.ts";
import { useKnown } from "../search/known.ts";
import type { Message } from "./fold.ts";
import { ProofDialog } from "./proof.tsx";

function NoteDialog({ id, done, close }: { id: number; done: () => void; close: () => void }) {
  const [text, setText] = useState("");
  const save = (e: Event) => {
    e.preventDefault();
    void attempt(() => ask("POST /api/messages/{id}/notes", { path: { id }, body: { text } }), "Your note stands with the message.").then((good) => {
      if (!good) return;
      close();
      done();
    });
  };
  return (
    <Dialog title="Note" close={close}>
      <form class="stack" onSubmit={save}>
        <TextArea label="Note" hint="Everybody who opens the message reads it." value={text} dir="auto" required autofocus onInput={(e) => setText(e.currentTarget.value)} />
        <div class="dialog-foot">
          <Button kind="main" type="submit">
            Keep it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Notes({ of }: { of: Whole["marks"]["notes"] }) {
  if (of.length === 0) return null;
  return (
    <ul class="notes">
      {of.map((n) => (
        <li key={`${n.at} ${n.text}`}>
          <span dir="auto">{n.text}</span> <Time at={n.at} />
        </li>
      ))}
    </ul>
  );
}

interface Props {
  m: Message;
  /** Looks the message up again. */
  changed: () => void;
  nextUnseen: () => void;
}

/** The defence proves messages, and marks none. */
function ProofBar({ m }: { m: Message }) {
  const [proves, setProves] = useState(false);
  useKeys("Message", [{ keys: "P", what: "Prove it", run: () => setProves(true) }]);
  return (
    <div class="message-bar" role="toolbar" aria-label="What to do with the message">
      <Button icon="proof" onClick={() => setProves(true)} title="P">
        Proof
      </Button>
      {proves && <ProofDialog m={m} close={() => setProves(false)} />}
    </div>
  );
}

export function MessageBar(props: Props) {
  return reads() ? <WorkBar {...props} /> : <ProofBar m={props.m} />;
}

function WorkBar({ m, changed, nextUnseen }: Props) {
  const [asks, setAsks] = useState<"tag" | "case" | "note" | "proof">();
  const known = useKnown(asks === "tag" || asks === "case" ? asks : undefined);
  const notes = useAsk("GET /api/messages/{id}", m.made.notes > 0 ? { path: { id: m.id } } : undefined);
  const flag = () =>
    void (m.made.flagged
      ? attempt(() => ask("DELETE /api/messages/{id}/flag", { path: { id: m.id } }), "No longer flagged.").then(changed)
      : applyToChosen([m.id], "flag", "", changed));
  useKeys("Message", [
    { keys: "t", what: "Tag it", run: () => setAsks("tag") },
    { keys: "f", what: "Flag it, or no longer", run: flag },
    { keys: "m", what: "Write a note", run: () => setAsks("note") },
    { keys: "c", what: "Put it into a case", run: () => setAsks("case") },
    { keys: "P", what: "Prove it", run: () => setAsks("proof") },
    { keys: "n", what: "Next one that you have not seen", run: nextUnseen },
  ]);
  return (
    <div class="message-bar" role="toolbar" aria-label="What to do with the message">
      <div class="row">
        <Button icon="tag" onClick={() => setAsks("tag")} title="t">
          Tag
        </Button>
        <Button icon="flag" aria-pressed={m.made.flagged} onClick={flag} title="f">
          Flag
        </Button>
        <Button icon="note" onClick={() => setAsks("note")} title="m">
          Note
        </Button>
        <Button icon="case" onClick={() => setAsks("case")} title="c">
          Case
        </Button>
        <Button icon="proof" onClick={() => setAsks("proof")} title="P">
          Proof
        </Button>
        <span class="grow" />
        <IconButton icon="down" label="Next unseen (n)" onClick={nextUnseen} />
      </div>
      {notes.data !== undefined && <Notes of={notes.data.marks.notes} />}
      {asks === "tag" && <AskWord title="Tag the message" label="Tag" hint="One word, such as harbour or follow-up" go="Tag" known={known} take={(w) => void applyToChosen([m.id], "tag", w, changed)} close={() => setAsks(undefined)} />}
      {asks === "case" && <AskWord title="Put the message into a case" label="Case" hint="The word of a case that there is" go="Put in" known={known} take={(w) => void applyToChosen([m.id], "case", w, changed)} close={() => setAsks(undefined)} />}
      {asks === "proof" && <ProofDialog m={m} close={() => setAsks(undefined)} />}
      {asks === "note" && <NoteDialog id={m.id} done={changed} close={() => setAsks(undefined)} />}
    </div>
  );
}

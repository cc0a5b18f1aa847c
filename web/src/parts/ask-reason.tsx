/** Asks why: what is done then stands beside it, and in the access log. */
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { TextArea } from "./field.tsx";

const MOST = 2000;

interface Props {
  title: string;
  go: string;
  take: (reason: string) => void;
  close: () => void;
  children?: ComponentChildren;
}

export function AskReason({ title, go, take, close, children }: Props) {
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  const send = (e: Event) => {
    e.preventDefault();
    if (reason.trim() === "") return setWrong("Say why: it stands beside it.");
    close();
    take(reason.trim());
  };
  return (
    <Dialog title={title} close={close}>
      <form class="stack" onSubmit={send}>
        {children}
        <TextArea label="Reason" value={reason} maxLength={MOST} dir="auto" error={wrong} onInput={(e) => (setReason(e.currentTarget.value), setWrong(undefined))} />
        <div class="dialog-foot">
          <Button onClick={close}>Not now</Button>
          <Button kind="main" type="submit">
            {go}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

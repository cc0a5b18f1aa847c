/** What is marked as privileged vanishes, for who marks it, too: said before, asked why. */
import { useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import { countOf } from "../app/numbers.ts";
import { looks } from "../app/session.ts";
import { complain, tell } from "../app/toasts.ts";
import { AskReason } from "./ask-reason.tsx";
import { Button } from "./button.tsx";

interface Props {
  kind: "message" | "conversation" | "person" | "search";
  /** Each by its number, account, name or as the query is written. */
  what: readonly string[];
  /** As the question names it: "this conversation". */
  words: string;
  zone?: string;
  done: () => void;
}

/** What it comes to, and why: asked before it is done. */
export function AskPrivileged({ kind, what, words, zone, done, close }: Props & { close: () => void }) {
  const mark = async (reason: string) => {
    let gone = 0;
    try {
      for (const one of what) gone += (await ask("POST /api/privilege", { body: { kind, what: one, reason, ...(zone === undefined ? {} : { zone }) } })).messages;
      tell(`${countOf(gone, "message")} went to the filter, and out of your sight.`);
    } catch (e) {
      complain(e);
    }
    done();
  };
  return (
    <AskReason title={`Mark ${words} as privileged`} go="Mark" close={close} take={(reason) => void mark(reason)}>
      <p class="soft">It goes out of everybody's sight at once, yours too, with what comes later. Only the filter role can bring it back.</p>
    </AskReason>
  );
}

export function MarkPrivileged(props: Props) {
  const [asks, setAsks] = useState(false);
  if (!looks()) return null;
  return (
    <>
      <Button icon="privilege" onClick={() => setAsks(true)}>
        Privileged…
      </Button>
      {asks && <AskPrivileged {...props} close={() => setAsks(false)} />}
    </>
  );
}

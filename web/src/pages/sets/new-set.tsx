/** A set is proposed: the conversations of all that a question finds, for a case. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { wordsOf } from "../../api/errors.ts";
import type { Cases } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { countOf } from "../../app/numbers.ts";
import { tell } from "../../app/toasts.ts";
import { zone } from "../../app/zone.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Select, TextArea } from "../../parts/field.tsx";
import { Shown } from "../../parts/states.tsx";

interface Props {
  q: string;
  close: () => void;
  done: () => void;
}

function Form({ q, close, done, cases }: Props & { cases: Cases["cases"] }) {
  const [name, setName] = useState("");
  const [word, setWord] = useState(cases[0]?.word ?? "");
  const [query, setQuery] = useState(q);
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  const propose = (e: Event) => {
    e.preventDefault();
    ask("POST /api/sets", { body: { name: name.trim(), case: word, query: query === "" ? `case:${word}` : query, zone: zone.value, reason: reason.trim() } })
      .then((made) => {
        tell(`Proposed, with ${countOf(made.conversations, "conversation")}. Another supervisor approves it.`);
        close();
        done();
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <form class="stack" onSubmit={propose}>
      <Field label="Name" value={name} maxLength={256} dir="auto" autocomplete="off" required autofocus error={wrong} onInput={(e) => setName(e.currentTarget.value)} />
      <Select label="Case" value={word} options={cases.map((c) => [c.word, c.title === "" ? c.word : `${c.word}: ${c.title}`] as const)} change={setWord} />
      <Field label="Query" hint="The conversations of all that it finds, whole. Empty: of the case's messages" value={query} dir="auto" autocomplete="off" onInput={(e) => setQuery(e.currentTarget.value)} />
      <TextArea label="Reason" value={reason} maxLength={2000} dir="auto" required onInput={(e) => setReason(e.currentTarget.value)} />
      <div class="dialog-foot">
        <Button onClick={close}>Not now</Button>
        <Button kind="main" type="submit">
          Propose
        </Button>
      </div>
    </form>
  );
}

export function NewSet(props: Props) {
  const asked = useAsk("GET /api/cases", {});
  return (
    <Dialog title="Propose a set" close={props.close}>
      <Shown of={asked} lines={4}>
        {(c) =>
          c.cases.length === 0 ? (
            <>
              <p>A set belongs to a case, and there is none yet.</p>
              <LinkButton href="/cases">To the cases</LinkButton>
            </>
          ) : (
            <Form {...props} cases={c.cases} />
          )
        }
      </Shown>
    </Dialog>
  );
}

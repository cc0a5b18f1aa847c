/** Cases: what messages are gathered for. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { wordsOf } from "../../api/errors.ts";
import type { Cases as Answer } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { useKeys } from "../../app/keys.ts";
import { countOf } from "../../app/numbers.ts";
import { navigate } from "../../app/router.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";

export const caseAddress = (word: string) => `/cases/${encodeURIComponent(word)}`;

function NewCase({ close }: { close: () => void }) {
  const [word, setWord] = useState("");
  const [title, setTitle] = useState("");
  const [wrong, setWrong] = useState<string>();
  const make = (e: Event) => {
    e.preventDefault();
    ask("POST /api/cases", { body: { word: word.trim(), title: title.trim() } })
      .then(() => {
        close();
        navigate(caseAddress(word.trim()));
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <Dialog title="New case" close={close}>
      <form class="stack" onSubmit={make}>
        <Field label="Word" hint="Short, such as pier-9: case:pier-9 finds its messages" value={word} maxLength={64} autocomplete="off" required autofocus error={wrong} onInput={(e) => setWord(e.currentTarget.value)} />
        <Field label="Title" value={title} maxLength={256} dir="auto" onInput={(e) => setTitle(e.currentTarget.value)} />
        <div class="dialog-foot">
          <Button onClick={close}>Not now</Button>
          <Button kind="main" type="submit">
            Make it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function List({ of, make }: { of: Answer["cases"]; make: () => void }) {
  if (of.length === 0)
    return (
      <State icon="case" title="No case yet">
        <p>A case gathers messages: put hits of a search into it, all at once or one by one.</p>
        <Button kind="main" onClick={make}>
          New case
        </Button>
      </State>
    );
  return (
    <Card title={countOf(of.length, "case")} flush>
      {of.map((c) => (
        <a key={c.word} class="list-row" href={caseAddress(c.word)}>
          <span class="grow">
            <strong dir="auto">{c.title === "" ? c.word : c.title}</strong>
            <code class="faint">{c.word}</code>
          </span>
          <span class="number">{countOf(c.messages, "message")}</span>
          <span class="list-time">
            since <Time at={c.at} />
          </span>
        </a>
      ))}
    </Card>
  );
}

export function Cases() {
  const asked = useAsk("GET /api/cases", {});
  const [makes, setMakes] = useState(false);
  useKeys("Cases", [{ keys: "n", what: "New case", run: () => setMakes(true) }]);
  return (
    <>
      <PageHead title="Cases" about="What messages are gathered for">
        <Button kind="main" icon="plus" onClick={() => setMakes(true)}>
          New case
        </Button>
      </PageHead>
      <Shown of={asked}>{(c) => <List of={c.cases} make={() => setMakes(true)} />}</Shown>
      {makes && <NewCase close={() => setMakes(false)} />}
    </>
  );
}

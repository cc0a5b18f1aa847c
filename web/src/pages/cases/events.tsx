/** What happened, as reviewers know it from elsewhere: events beside the messages, in the order of their times. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { wordsOf } from "../../api/errors.ts";
import type { Case } from "../../api/schema.ts";
import { tell } from "../../app/toasts.ts";
import { zone } from "../../app/zone.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, TextArea } from "../../parts/field.tsx";
import { State } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { instantOf } from "./instant.ts";

function NewEvent({ word, close, done }: { word: string; close: () => void; done: () => void }) {
  const [at, setAt] = useState("");
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string>();
  const send = (e: Event) => {
    e.preventDefault();
    const instant = instantOf(at, zone.value);
    if (instant === undefined) return setWrong("Say when: a day and a time.");
    ask("POST /api/cases/{word}/events", { path: { word }, body: { at: instant, zone: zone.value, title: title.trim(), text: text.trim() } })
      .then(() => {
        tell("It stands on the timeline.");
        close();
        done();
      })
      .catch((x: unknown) => setWrong(wordsOf(x)));
  };
  return (
    <Dialog title="Add an event" close={close}>
      <form class="stack" onSubmit={send}>
        <Field label={`When, in ${zone.value}`} type="datetime-local" value={at} required error={wrong} onInput={(e) => setAt(e.currentTarget.value)} />
        <Field label="What" value={title} maxLength={256} dir="auto" required onInput={(e) => setTitle(e.currentTarget.value)} />
        <TextArea label="More" value={text} dir="auto" onInput={(e) => setText(e.currentTarget.value)} />
        <div class="dialog-foot">
          <Button onClick={close}>Not now</Button>
          <Button kind="main" type="submit">
            Add it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function Events({ of, again }: { of: Case; again: () => void }) {
  const [adds, setAdds] = useState(false);
  const add = (
    <Button icon="plus" onClick={() => setAdds(true)}>
      Add an event
    </Button>
  );
  return (
    <Card title="Events" aside={of.events.length > 0 && add}>
      {of.events.length === 0 ? (
        <State icon="timeline" title="No event yet">
          <p>What is known from elsewhere: an observation, a flight, a call. It stands beside the messages, with who wrote it down.</p>
          {add}
        </State>
      ) : (
        <ol class="events">
          {of.events.map((e) => (
            <li key={e.id}>
              <Time at={e.at} />
              <div>
                <strong dir="auto">{e.title}</strong>
                {e.text !== "" && <p dir="auto">{e.text}</p>}
                <p class="faint">
                  {e.by}, told in {e.zone}
                </p>
              </div>
            </li>
          ))}
        </ol>
      )}
      {adds && <NewEvent word={of.word} close={() => setAdds(false)} done={again} />}
    </Card>
  );
}

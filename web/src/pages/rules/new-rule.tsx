/** A rule in the making: written, held against the past, then made. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { ApiError, wordsOf } from "../../api/errors.ts";
import { complain, tell } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Field, TextArea } from "../../parts/field.tsx";
import { Trial } from "./trial.tsx";
import { blank, ruleOf, type Written } from "./written.ts";

interface Wrong {
  at: keyof Written | undefined;
  text: string;
}

const kinds = [
  ["found", "A message", "that has certain words, or that a query finds"],
  ["silence", "Silence", "of somebody who wrote almost daily"],
] as const;

export function NewRule({ close, done }: { close: () => void; done: () => void }) {
  const [w, setW] = useState<Written>(blank);
  const [wrong, setWrong] = useState<Wrong>();
  const [tried, setTried] = useState<string>();
  const put = (part: keyof Written) => (e: { currentTarget: { value: string } }) => {
    setW({ ...w, [part]: e.currentTarget.value });
    setWrong(undefined);
    setTried(undefined);
  };
  const faultOf = (part: keyof Written) => (wrong?.at === part ? wrong.text : undefined);
  const sent = async (send: (rule: string) => Promise<unknown>): Promise<boolean> => {
    const made = ruleOf(w);
    if ("wrong" in made) return setWrong({ at: made.at, text: made.wrong }), false;
    try {
      await send(made.rule);
      return true;
    } catch (e) {
      if (e instanceof ApiError && e.status < 500) setWrong({ at: undefined, text: wordsOf(e) });
      else complain(e);
      return false;
    }
  };
  const tryIt = () =>
    void sent(async (rule) => {
      await ask("POST /api/trial", { body: { rule } });
      setTried(rule);
    });
  const make = () =>
    void sent((rule) => ask("POST /api/rules", { body: { rule } })).then((well) => {
      if (!well) return;
      tell(`“${w.name.trim()}” looks at what arrives from now on.`);
      done();
    });
  return (
    <Card title="New rule">
      <form
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          tryIt();
        }}
      >
        <Field label="Name" value={w.name} maxLength={64} dir="auto" autofocus error={faultOf("name")} onInput={put("name")} />
        <Choice label="It finds" value={w.kind} choices={kinds} change={(kind) => setW({ ...w, kind })} />
        {w.kind === "found" ? (
          <>
            <TextArea label="Words" hint="A row each: language,words,weight. Such as: en,kill him,10. Words of games and films take weight away: en,film,-8. * is every language; … stands for up to five other words." value={w.words} dir="auto" error={faultOf("words")} onInput={put("words")} />
            <Field label="Query" hint="What a message has to match besides, such as: near:51.92,4.48,5 or from:anna" value={w.query} dir="auto" error={faultOf("query")} onInput={put("query")} />
            <Field label="From which weight" hint="10 where nothing is said" value={w.weight} error={faultOf("weight")} onInput={put("weight")} />
          </>
        ) : (
          <>
            <Field label="Who wrote on so many of 14 days" value={w.wrote} error={faultOf("wrote")} onInput={put("wrote")} />
            <Field label="and then on none of so many days" value={w.days} error={faultOf("days")} onInput={put("days")} />
          </>
        )}
        <Field label="Minutes until it is escalated" hint="How long a threat of this rule may wait for somebody who answers for it" value={w.minutes} error={faultOf("minutes")} onInput={put("minutes")} />
        {wrong !== undefined && wrong.at === undefined && (
          <p class="field-error" role="alert">
            {wrong.text}
          </p>
        )}
        {tried !== undefined && <Trial key={tried} />}
        <div class="dialog-foot">
          <Button onClick={close}>Not now</Button>
          {w.kind === "found" && <Button type="submit">Try it on the past</Button>}
          <Button kind="main" onClick={make}>
            Make it
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** Asks for one word: a tag, a case. Words that are known are offered. */
import { useId, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";

const WORD = /^[\p{L}\p{N}._-]{1,64}$/u;

interface Props {
  title: string;
  label: string;
  hint: string;
  go: string;
  known: readonly string[];
  take: (word: string) => void;
  close: () => void;
}

export function AskWord({ title, label, hint, go, known, take, close }: Props) {
  const [word, setWord] = useState("");
  const [wrong, setWrong] = useState<string>();
  const list = useId();
  const send = (e: Event) => {
    e.preventDefault();
    const trimmed = word.trim();
    if (!WORD.test(trimmed)) return setWrong("A word of letters, digits, “-”, “_” and “.”.");
    close();
    take(trimmed);
  };
  return (
    <Dialog title={title} close={close}>
      <form class="stack" onSubmit={send}>
        <Field label={label} hint={hint} value={word} error={wrong} list={list} autocomplete="off" autofocus required onInput={(e) => setWord(e.currentTarget.value)} />
        <datalist id={list}>
          {known.map((k) => (
            <option key={k} value={k} />
          ))}
        </datalist>
        <div class="dialog-foot">
          <Button kind="main" type="submit">
            {go}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

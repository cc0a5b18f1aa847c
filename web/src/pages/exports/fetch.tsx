/** Fetches an export page by page and hands it over as a file: all of it, or an error and no file. */
import { useState } from "preact/hooks";
import { numberOf } from "../../app/numbers.ts";
import { complain, tell } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { fetchAll } from "./whole.ts";

interface Props {
  id: number;
  format: "jsonl" | "csv";
  messages: number;
  done: () => void;
}

function save(parts: string[], name: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export function Fetch({ id, format, messages, done }: Props) {
  const [reached, setReached] = useState<number>();
  const fetchIt = async () => {
    setReached(0);
    try {
      const all = await fetchAll(id, messages, setReached);
      save(all.parts, `export-${id}.${format}`, format === "csv" ? "text/csv" : "application/jsonl");
      tell(all.withheld === 0 ? `All ${numberOf(messages)} messages are in the file.` : `${numberOf(all.withheld)} of ${numberOf(messages)} messages are out of your sight now; the file has a line that says so for each.`);
      done();
    } catch (e) {
      complain(e);
    }
    setReached(undefined);
  };
  return (
    <Button icon="export" disabled={reached !== undefined} onClick={() => void fetchIt()}>
      {reached === undefined ? "Fetch the file" : `${numberOf(reached)} of ${numberOf(messages)}`}
    </Button>
  );
}

/** Verifies the log in this browser, from its entries and the desk's signature alone. */
import { useState } from "preact/hooks";
import { numberOf } from "../../app/numbers.ts";
import { complain } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Chip } from "../../parts/chip.tsx";
import { TextArea } from "../../parts/field.tsx";
import { verifyLog, type Verified } from "./whole.ts";

function save(note: string, size: number): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([note], { type: "text/plain" }));
  link.download = `access-log-${size}.checkpoint`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function Result({ of }: { of: Verified }) {
  if (of.wrong !== undefined)
    return (
      <p role="alert">
        <Chip tone="danger">does not hold</Chip> {of.wrong.charAt(0).toUpperCase() + of.wrong.slice(1)}.
      </p>
    );
  return (
    <div class="stack" role="status">
      <p>
        <Chip tone="good" icon="proof">
          holds
        </Chip>{" "}
        All {numberOf(of.size)} entries are those that the desk signed{of.kept === undefined ? "" : `, and the first ${numberOf(of.kept)} are those of the kept checkpoint`}.
      </p>
      <p class="soft">
        Signed by <code class="audit-key">{of.key}</code>: it must be the key of the desk's folder (<code>access.pub</code>) and of the warrant. Keep the checkpoint outside the desk: only against one that is
        kept, a log that was written anew shows.
      </p>
      <div class="row">
        <Button icon="export" onClick={() => save(of.note, of.size)}>
          Keep this checkpoint
        </Button>
      </div>
    </div>
  );
}

export function VerifyCard() {
  const [kept, setKept] = useState("");
  const [done, setDone] = useState<[number, number]>();
  const [result, setResult] = useState<Verified>();
  const busy = done !== undefined;
  const begin = async () => {
    setResult(undefined);
    setDone([0, 1]);
    await verifyLog(kept, (n, of) => setDone([n, of]))
      .then(setResult)
      .catch(complain);
    setDone(undefined);
  };
  return (
    <Card title="Is the log whole?">
      <div class="audit-verify">
        <p>Every entry is hashed here, in this browser, and the root of their tree compared with the one under the desk's signature.</p>
        <details>
          <summary>Compare with a checkpoint from before</summary>
          <TextArea label="The kept checkpoint" hint="Its whole text, with the signature" value={kept} onInput={(e) => setKept(e.currentTarget.value)} />
        </details>
        {busy && <progress value={done[0]} max={done[1]} aria-label="Entries that were verified" />}
        {result !== undefined && <Result of={result} />}
        <div class="row">
          <Button kind="main" icon="proof" disabled={busy} onClick={() => void begin()}>
            {busy ? `Verifying, ${numberOf(done[0])} of ${numberOf(done[1])}` : "Verify all of it"}
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** The proof of a message, on demand: checked in this browser from the raw record. */
import { useEffect, useState } from "preact/hooks";
import type { Proof } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { Chip } from "../../parts/chip.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Shown, Skeleton } from "../../parts/states.tsx";
import { checkProof, type Finding } from "../../proof/check.ts";
import type { Message } from "./fold.ts";

function Document({ title, text }: { title: string; text: string }) {
  return (
    <details>
      <summary>{title}</summary>
      <pre class="proof-text" tabIndex={0}>
        {text}
      </pre>
    </details>
  );
}

function Found({ of }: { of: Finding[] }) {
  const good = of.every((f) => f.good);
  return (
    <>
      <p role="status">
        <Chip tone={good ? "good" : "danger"} icon={good ? "check" : "threat"}>
          {good ? "It all holds" : "Not all of it holds"}
        </Chip>{" "}
        <span class="soft">Checked in this browser, from the archive's own bytes.</span>
      </p>
      <ul class="proof-list">
        {of.map((f) => (
          <li key={f.what} class={f.good ? "proof-good" : "proof-bad"}>
            <Icon name={f.good ? "check" : "close"} />
            <span>
              {f.what}
              <span class="unseen-text">{f.good ? ": holds" : ": does not hold"}</span>
              <span class="faint proof-detail">{f.detail}</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Checked({ proof, body }: { proof: Proof; body: string }) {
  const [found, setFound] = useState<Finding[]>();
  useEffect(() => void checkProof(proof, body).then(setFound), [proof, body]);
  if (found === undefined) return <Skeleton lines={8} label="Checking" />;
  return (
    <>
      <Found of={found} />
      <div class="stack">
        <Document title="The warrant, as it was signed" text={proof.documents.warrant} />
        <Document title="The policy" text={proof.documents.policy} />
        <Document title="The network and its custodians" text={proof.documents.network} />
        <Document title="The device's certificate" text={proof.documents.certificate} />
        <Document title="The archive's checkpoint" text={proof.checkpoint} />
        <Document title="The raw record" text={proof.record.text} />
      </div>
    </>
  );
}

export function ProofDialog({ m, close }: { m: Message; close: () => void }) {
  const asked = useAsk("GET /api/messages/{id}/proof", { path: { id: m.id } });
  return (
    <Dialog title="Proof of this message" wide close={close}>
      <Shown of={asked}>{(p) => <Checked proof={p} body={m.body} />}</Shown>
    </Dialog>
  );
}

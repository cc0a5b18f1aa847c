/** A warrant as it was signed: read from the proof of its newest message, its signatures checked here. */
import { useEffect, useState } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import { countOf } from "../../app/numbers.ts";
import { Chip } from "../../parts/chip.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { linesOf, signersOf, valueOf, type Signers } from "../../prove/documents.ts";
import { term } from "../search/words.ts";

function Signed({ of }: { of: Signers }) {
  const good = of.names.length >= of.quorum;
  return (
    <p role="status">
      <Chip tone={good ? "good" : "danger"} icon="proof">
        {good ? "signed" : "not enough signatures"}
      </Chip>{" "}
      by {of.names.join(", ") || "nobody"}: {of.quorum} of {countOf(of.of, "custodian")} have to. Checked in this browser, against the network's document.
    </p>
  );
}

function Text({ warrant, network }: { warrant: string; network: string }) {
  const [signers, setSigners] = useState<Signers>();
  useEffect(() => {
    let wanted = true;
    void signersOf(warrant, network).then((s) => wanted && setSigners(s));
    return () => {
      wanted = false;
    };
  }, [warrant, network]);
  const lines = linesOf(warrant);
  return (
    <>
      <dl class="facts">
        <dt>Authority</dt>
        <dd dir="auto">{valueOf(lines, "authority")}</dd>
        <dt>Days</dt>
        <dd>
          {valueOf(lines, "from")} to {valueOf(lines, "until")} (UTC)
        </dd>
        <dt>Covers</dt>
        <dd>{(lines.get("scope") ?? []).join(", ")}</dd>
        <dt>Read by</dt>
        <dd>{(lines.get("agency") ?? []).map((a) => a.split(" ")[0]).join(", ")}</dd>
      </dl>
      {signers !== undefined && <Signed of={signers} />}
      <details>
        <summary>The signed text</summary>
        <pre class="rule-words" tabIndex={0}>
          {warrant}
        </pre>
      </details>
    </>
  );
}

function OfMessage({ id }: { id: number }) {
  const proof = useAsk("GET /api/messages/{id}/proof", { path: { id } });
  return <Shown of={proof} lines={3}>{(p) => <Text warrant={p.documents.warrant} network={p.documents.network} />}</Shown>;
}

export function SignedText({ warrant }: { warrant: string }) {
  const found = useAsk("GET /api/search", { query: { q: term("warrant", warrant), limit: 1 } });
  return (
    <Shown of={found} lines={3}>
      {(f) => (f.hits[0] === undefined ? <State icon="warrant" title="None of its messages can be seen" /> : <OfMessage id={f.hits[0].id} />)}
    </Shown>
  );
}

/** What the rule that is tried would have found: it goes on between other work, and is looked at until it is
 * done. */
import { useEffect } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import { countOf, numberOf } from "../../app/numbers.ts";
import { MessageLine } from "../../parts/message-line.tsx";
import { Failed, Skeleton } from "../../parts/states.tsx";

const EVERY_MS = 700;
const SHOWN = 8;

function Found({ id }: { id: number }) {
  const asked = useAsk("GET /api/messages/{id}", { path: { id }, query: {} });
  if (asked.error !== undefined) return <p class="soft">Message {id} cannot be read now.</p>;
  return asked.data === undefined ? <Skeleton lines={1} /> : <MessageLine of={asked.data} withTo />;
}

export function Trial() {
  const asked = useAsk("GET /api/trial", {});
  const t = asked.data;
  useEffect(() => {
    if (t === undefined || t.done || !t.running) return;
    const timer = setTimeout(asked.again, EVERY_MS);
    return () => clearTimeout(timer);
  }, [t]);
  if (asked.error !== undefined) return <Failed error={asked.error} again={asked.again} />;
  if (t === undefined) return <Skeleton lines={2} />;
  return (
    <div class="trial" role="status">
      <progress value={t.looked_at} max={Math.max(1, t.of)} aria-label="Messages that were looked at" />
      <p>
        <strong>{countOf(t.found, "message")}</strong> {t.done ? "would have been found" : "found so far"}, of {numberOf(t.looked_at)} looked at
        {t.done ? "." : ` (${numberOf(t.of)} in all).`}
      </p>
      {t.done && t.messages.slice(0, SHOWN).map((id) => <Found key={id} id={id} />)}
      {t.done && t.found > SHOWN && <p class="faint">The newest {Math.min(SHOWN, t.messages.length)} are shown.</p>}
    </div>
  );
}

/** What set a threat off, between what was said before and after it in the same conversation. Reading around it
 * is a look like every other: it wants a purpose. */
import { useAsk } from "../../api/use-ask.ts";
import { askPurpose, purpose, roleOf } from "../../app/session.ts";
import { Button } from "../../parts/button.tsx";
import { FoundWords } from "../../parts/found-words.tsx";
import { MessageLine, type Line } from "../../parts/message-line.tsx";
import { saidOf } from "../../parts/said.ts";
import { Skeleton } from "../../parts/states.tsx";

const AROUND = 6;

function Around({ of, backwards, words }: { of: Line; backwards: boolean; words: readonly string[] }) {
  const asked = useAsk("GET /api/threads/{conversation}", {
    path: { conversation: of.conversation },
    query: { from: of.at, backwards, limit: AROUND + 3 },
  });
  if (asked.error !== undefined) return <p class="soft">What stands around it cannot be read now.</p>;
  if (asked.data === undefined) return <Skeleton lines={2} />;
  const others = asked.data.messages.filter((m) => m.id !== of.id && (backwards ? m.id < of.id || m.at < of.at : m.id > of.id || m.at > of.at)).slice(0, AROUND);
  const inOrder = backwards ? others.reverse() : others;
  if (inOrder.length === 0) return <p class="faint threat-edge">{backwards ? "The conversation begins here." : "Nothing was said after it yet."}</p>;
  return (
    <>
      {inOrder.map((m) => (
        <MessageLine key={m.id} of={m} words={<FoundWords text={saidOf(m)} words={words} />} />
      ))}
    </>
  );
}

export function ThreatContext({ of, words }: { of: Line; words: readonly string[] }) {
  const may = purpose.value !== "" || roleOf() === "supervisor";
  return (
    <div class="threat-context" role="group" aria-label="The message between what was said before and after">
      {may && <Around of={of} backwards words={words} />}
      <MessageLine of={of} withTo here words={<FoundWords text={saidOf(of)} words={words} />} />
      {may ? (
        <Around of={of} backwards={false} words={words} />
      ) : (
        <p class="row threat-edge">
          <Button onClick={() => void askPurpose()}>Say why, and see what was said before and after</Button>
        </p>
      )}
    </div>
  );
}

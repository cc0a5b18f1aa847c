/** A conversation as a page of its own. */
import { useAsk } from "../../api/use-ask.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import type { Parts } from "../../app/routes.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { handleOf } from "../../parts/person.tsx";
import { Failed, Skeleton } from "../../parts/states.tsx";
import { MarkPrivileged } from "../../parts/mark-privileged.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { useState } from "preact/hooks";
import { Reader } from "./reader.tsx";
import { Telling } from "./telling.tsx";

/** Who is in it: those of its first message that is at hand. */
function Head({ id, telling, tell }: { id: string; telling: boolean; tell: (on: boolean) => void }) {
  const asked = useAsk("GET /api/threads/{conversation}", { path: { conversation: id }, query: { limit: 1, backwards: true } });
  const m = asked.data?.messages[0];
  const people = m === undefined ? [] : [m.from, ...m.to].sort();
  const title = m === undefined ? "Conversation" : people.map(handleOf).join(", ");
  return (
    <PageHead title={title} about={people.length > 2 ? `A group of ${people.length}` : "A conversation of two"}>
      <Button icon={telling ? "up" : "down"} aria-expanded={telling} onClick={() => tell(!telling)}>
        Most telling lines
      </Button>
      <LinkButton icon="search" href={`/search?q=${encodeURIComponent(`in:${id}`)}`}>
        Search in it
      </LinkButton>
      <MarkPrivileged kind="conversation" what={[id]} words="this conversation" done={() => navigate("/conversations")} />
    </PageHead>
  );
}

function Conversation({ id }: { id: string }) {
  const message = Number(query.value.get("message") ?? 0);
  // Where it is opened: going from message to message does not open it anew, a telling line does.
  const [place, setPlace] = useState<{ id: number; at?: number }>({ id: message });
  const [telling, setTelling] = useState(false);
  const asked = useAsk("GET /api/messages/{id}", place.id === 0 || place.at !== undefined ? undefined : { path: { id: place.id } });
  const at = place.at ?? asked.data?.at;
  const ready = place.id === 0 || at !== undefined;
  return (
    <div class="conversation">
      <Head id={id} telling={telling} tell={setTelling} />
      {telling && <Telling conversation={id} open={setPlace} />}
      <div class="conversation-body">
        {asked.error !== undefined && !ready ? (
          <Failed error={asked.error} again={asked.again} />
        ) : !ready ? (
          <Skeleton lines={14} />
        ) : (
          <Reader key={place.id} conversation={id} at={at} active={message === 0 ? undefined : message} select={(m) => navigate(withQuery({ message: String(m) }), { replace: true })} />
        )}
      </div>
    </div>
  );
}

export function ConversationPage({ parts }: { parts: Parts }) {
  const id = parts["id"] ?? "";
  return <Conversation key={id} id={id} />;
}

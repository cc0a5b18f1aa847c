/** A conversation as a page of its own. */
import { useAsk } from "../../api/use-ask.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import type { Parts } from "../../app/routes.ts";
import { LinkButton } from "../../parts/button.tsx";
import { handleOf } from "../../parts/person.tsx";
import { Failed, Skeleton } from "../../parts/states.tsx";
import { MarkPrivileged } from "../../parts/mark-privileged.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { useMemo } from "preact/hooks";
import { Reader } from "./reader.tsx";

/** Who is in it: those of its first message that is at hand. */
function Head({ id }: { id: string }) {
  const asked = useAsk("GET /api/threads/{conversation}", { path: { conversation: id }, query: { limit: 1, backwards: true } });
  const m = asked.data?.messages[0];
  const people = m === undefined ? [] : [m.from, ...m.to].sort();
  const title = m === undefined ? "Conversation" : people.map(handleOf).join(", ");
  return (
    <PageHead title={title} about={people.length > 2 ? `A group of ${people.length}` : "A conversation of two"}>
      <LinkButton icon="search" href={`/search?q=${encodeURIComponent(`in:${id}`)}`}>
        Search in it
      </LinkButton>
      <MarkPrivileged kind="conversation" what={[id]} words="this conversation" done={() => navigate("/conversations")} />
    </PageHead>
  );
}

export function ConversationPage({ parts }: { parts: Parts }) {
  const id = parts["id"] ?? "";
  const message = Number(query.value.get("message") ?? 0);
  // Where it was opened: going from message to message does not open it anew.
  const first = useMemo(() => message, [id]);
  const asked = useAsk("GET /api/messages/{id}", first === 0 ? undefined : { path: { id: first } });
  const ready = first === 0 || asked.data !== undefined;
  return (
    <div class="conversation">
      <Head id={id} />
      <div class="conversation-body">
        {asked.error !== undefined ? (
          <Failed error={asked.error} again={asked.again} />
        ) : !ready ? (
          <Skeleton lines={14} />
        ) : (
          <Reader conversation={id} at={asked.data?.at} active={message === 0 ? undefined : message} select={(m) => navigate(withQuery({ message: String(m) }), { replace: true })} />
        )}
      </div>
    </div>
  );
}

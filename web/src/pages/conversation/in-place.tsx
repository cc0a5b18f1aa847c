/** A message in its conversation, beside the hits of a search. */
import { useState, useEffect } from "preact/hooks";
import type { Marked } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { IconButton, LinkButton } from "../../parts/button.tsx";
import { People } from "../../parts/person.tsx";
import { Failed, Skeleton } from "../../parts/states.tsx";
import { Reader } from "./reader.tsx";

export function MessageInPlace({ id, close, changed }: { id: number; close: () => void; changed: (id: number, made: Marked, seen: number) => void }) {
  const asked = useAsk("GET /api/messages/{id}", { path: { id } });
  const [opened, setOpened] = useState<{ conversation: string; at: number; people: string[] }>();
  const [active, setActive] = useState(id);
  useEffect(() => setActive(id), [id]);
  useEffect(() => {
    const m = asked.data;
    if (m !== undefined) setOpened({ conversation: m.conversation, at: m.at, people: [m.from, ...m.to] });
  }, [asked.data]);
  if (asked.error !== undefined) return <Failed error={asked.error} again={asked.again} />;
  if (opened === undefined) return <Skeleton lines={14} />;
  return (
    <>
      <header class="reader-head">
        <h2 class="grow cut">
          <People accounts={opened.people} />
        </h2>
        <LinkButton kind="quiet" href={`/conversations/${opened.conversation}?message=${active}`}>
          Whole page
        </LinkButton>
        <IconButton icon="close" label="Close the conversation" onClick={close} />
      </header>
      <Reader conversation={opened.conversation} at={opened.at} active={active} select={setActive} changed={changed} />
    </>
  );
}

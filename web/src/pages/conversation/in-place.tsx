/** A message in its conversation, beside the hits of a search. */
import { useState, useEffect } from "preact/hooks";
import type { Marked } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { IconButton, LinkButton } from "../../parts/button.tsx";
import { People } from "../../parts/person.tsx";
import { Failed, Skeleton } from "../../parts/states.tsx";
import type { Message } from "./fold.ts";
import { Reader } from "./reader.tsx";

type Known = Pick<Message, "conversation" | "at" | "from" | "to">;
interface Props {
  id: number;
  /** Where it is, when a hit has said so; else the desk is asked. */
  known: Known | undefined;
  close: () => void;
  changed: (id: number, made: Marked, seen: number) => void;
}

export function MessageInPlace({ id, known, close, changed }: Props) {
  const asked = useAsk("GET /api/messages/{id}", known === undefined ? { path: { id } } : undefined);
  const [place, setPlace] = useState<Known | undefined>(known);
  const [active, setActive] = useState(id);
  useEffect(() => setActive(id), [id]);
  const found = known ?? asked.data;
  useEffect(() => {
    if (found !== undefined) setPlace(found);
  }, [id, found === undefined]);
  const opened = place === undefined ? undefined : { conversation: place.conversation, at: place.at, people: [place.from, ...place.to] };
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

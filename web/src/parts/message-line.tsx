/** A message as a line: who, when, what. For where several stand together that are no conversation. */
import type { ComponentChildren } from "preact";
import type { Content } from "../api/schema.ts";
import { languageOf } from "../app/numbers.ts";
import { Chip } from "./chip.tsx";
import { Person, People } from "./person.tsx";
import { saidOf } from "./said.ts";
import { Time } from "./time.tsx";

export interface Line {
  id: number;
  at: number;
  from: string;
  to: string[];
  conversation: string;
  kind: string;
  lang: string;
  wrong: string;
  content: Content;
}

export const placeOf = (m: { conversation: string; id: number }) => `/conversations/${m.conversation}?message=${m.id}`;

interface Props {
  of: Line;
  /** The words, where they are shown otherwise than as they are. */
  words?: ComponentChildren;
  /** With whom it was said to. */
  withTo?: boolean;
  /** It is the one that the others stand around. */
  here?: boolean;
  children?: ComponentChildren;
}

export function MessageLine({ of, words, withTo = false, here = false, children }: Props) {
  return (
    <div class={`message-line ${here ? "message-line-here" : ""}`} aria-current={here ? "true" : undefined}>
      <div class="message-line-head">
        <Person account={of.from} />
        {withTo && (
          <span class="soft">
            to <People accounts={of.to} />
          </span>
        )}
        <a class="message-line-time" href={placeOf(of)} title="Open it in its conversation">
          <Time at={of.at} />
        </a>
        {of.kind !== "text" && <Chip>{of.kind}</Chip>}
        {of.lang !== "" && of.lang !== "en" && <Chip>{languageOf(of.lang)}</Chip>}
        {of.wrong !== "" && <Chip tone="danger">{of.wrong}</Chip>}
      </div>
      <p class="message-line-words" dir="auto">
        {words ?? saidOf(of)}
      </p>
      {children}
    </div>
  );
}

/** A conversation's most telling lines, once one asks for them: messages as they are, each linked to its
 * place. A machine chooses them, and how it does stands below. */
import type { Telling as Told } from "../../api/schema.ts";
import { useAsk } from "../../api/use-ask.ts";
import { countOf, numberOf } from "../../app/numbers.ts";
import { placeOf } from "../../parts/message-line.tsx";
import { Person } from "../../parts/person.tsx";
import { saidOf } from "../../parts/said.ts";
import { Shown } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import type { Message } from "./fold.ts";

type Open = (m: Pick<Message, "id" | "at">) => void;

function About({ of }: { of: Told }) {
  const over = of.looked < of.messages ? `the newest ${numberOf(of.looked)} of ${countOf(of.messages, "message")}` : countOf(of.messages, "message");
  return (
    <p class="faint telling-about">
      Chosen by {of.method}, which ranks first what stands for most of the rest: over {over}, of which {numberOf(of.weighed)} {of.weighed === 1 ? "has" : "have"} words
      enough to weigh. They stand in the order in which they were said.
    </p>
  );
}

function Lines({ of, open }: { of: Told; open: Open }) {
  const inOrder = of.lines.map((l) => l.message).sort((a, b) => a.at - b.at || a.id - b.id);
  return (
    <ol class="telling-lines">
      {inOrder.map((m) => (
        <li key={m.id}>
          <a class="telling-words" dir="auto" href={placeOf(m)} onClick={() => open(m)}>
            {saidOf(m)}
          </a>
          <span class="telling-who">
            <Person account={m.from} /> <Time at={m.at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

export function Telling({ conversation, open }: { conversation: string; open: Open }) {
  const asked = useAsk("GET /api/conversations/{conversation}/telling", { path: { conversation } });
  return (
    <section class="telling" aria-label="Most telling lines" tabIndex={0}>
      <Shown of={asked} lines={4}>
        {(of) => (
          <>
            {of.lines.length === 0 ? <p class="soft">No message here has words enough.</p> : <Lines of={of} open={open} />}
            <About of={of} />
          </>
        )}
      </Shown>
    </section>
  );
}

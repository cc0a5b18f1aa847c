/** One message of a conversation, with what belongs to it. */
import { memo } from "preact/compat";
import { useEffect, useRef, useState } from "preact/hooks";
import { countOf, countryOf } from "../../app/numbers.ts";
import { Button } from "../../parts/button.tsx";
import { Chip } from "../../parts/chip.tsx";
import { Marks } from "../../parts/marks.tsx";
import { handleOf, Initial, Person } from "../../parts/person.tsx";
import { Time } from "../../parts/time.tsx";
import { Content, Words } from "./content.tsx";
import type { Line as LineOf, Message } from "./fold.ts";
import { reads } from "../../app/session.ts";
import { watchSeen } from "./seen.ts";
import { Translation } from "./translation.tsx";

interface Props {
  line: LineOf;
  active: boolean;
  /** By the same person as the one above, soon after it: without the name again. */
  joined: boolean;
  select: (id: number) => void;
  seen: (id: number) => void;
}

function Versions({ of, first }: { of: Message[]; first: Message }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="line-versions">
      <button type="button" class="line-more" aria-expanded={open} onClick={() => setOpen(!open)}>
        corrected {of.length === 1 ? "once" : `${of.length} times`}
      </button>
      {open && (
        <ol>
          {[first, ...of].map((m) => (
            <li key={m.id}>
              <Time at={m.at} />
              <Words text={m.content.text} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Retracted({ line }: { line: LineOf }) {
  const [open, setOpen] = useState(false);
  const at = line.retracted?.at ?? 0;
  return (
    <div>
      <p class="line-event">
        taken back <Time at={at} />{" "}
        <Button kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Hide what it said" : "Show what it said"}
        </Button>
      </p>
      {open && <Content m={line.message} />}
    </div>
  );
}

function Below({ line }: { line: LineOf }) {
  const m = line.message;
  return (
    <div class="line-below">
      {line.reactions.map((r) => (
        <span key={r.emoji} class="line-reaction" title={r.by.map(handleOf).join(", ")}>
          {r.emoji} <span class="faint">{r.by.map(handleOf).join(", ")}</span>
        </span>
      ))}
      {line.readBy.length > 0 && <span class="faint">read by {line.readBy.map(handleOf).join(", ")}</span>}
      {m.wrong !== "" && (
        <Chip tone="danger" title={m.wrong}>
          not verified: {m.wrong}
        </Chip>
      )}
      <Marks of={m.made} />
    </div>
  );
}

function LineView({ line, active, joined, select, seen }: Props) {
  const ref = useRef<HTMLElement>(null);
  const m = line.message;
  const now = line.versions.at(-1) ?? m;
  useEffect(() => {
    if (reads() && m.seen === 0 && ref.current !== null) return watchSeen(ref.current, m.id, () => seen(m.id));
    return undefined;
  }, [m.id, m.seen === 0]);
  return (
    <article ref={ref} class={`line ${active ? "line-active" : ""} ${joined ? "line-joined" : ""}`} data-id={m.id} tabIndex={-1} aria-current={active ? "true" : undefined} onClick={() => select(m.id)}>
      <div class="line-side">{joined ? null : <Initial account={m.from} />}</div>
      <div class="line-main">
        <header class="line-head">
          {!joined && <Person account={m.from} />}
          <a class="line-time" href={`/conversations/${m.conversation}?message=${m.id}`}>
            <Time at={m.at} short />
          </a>
          {m.country !== "" && !joined && <span class="faint">{countryOf(m.country)}</span>}
          {reads() && m.seen === 0 && (
            <span class="hit-dot" title="You have not seen it">
              <span class="unseen-text">not seen</span>
            </span>
          )}
        </header>
        {line.retracted === undefined ? <Content m={{ ...now, kind: now === m ? m.kind : "text" }} /> : <Retracted line={line} />}
        {line.retracted === undefined && <Translation key={now.id} m={now} offered={active} />}
        {line.versions.length > 0 && <Versions of={line.versions} first={m} />}
        <Below line={line} />
      </div>
    </article>
  );
}

const same = (a: Props, b: Props) =>
  a.active === b.active && a.joined === b.joined && a.line.message === b.line.message &&
  a.line.versions.length === b.line.versions.length && a.line.retracted === b.line.retracted &&
  a.line.readBy.length === b.line.readBy.length && countOf(a.line.reactions.length, "") === countOf(b.line.reactions.length, "");

export const Line = memo(LineView, same);

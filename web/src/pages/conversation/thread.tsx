/** A conversation to read: scrolled in both directions, with a separator for each day, which names the
 * zone. What one reads stays where it is while more comes in above. */
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { zone, longDayOf } from "../../app/zone.ts";
import { Failed, Skeleton, State } from "../../parts/states.tsx";
import { foldThread, shownWith, type Line as LineOf } from "./fold.ts";
import { Line } from "./line.tsx";
import type { useThread } from "./thread-state.ts";

const JOINED_MS = 5 * 60 * 1000;
const NEAR_PX = 600;

interface Props {
  thread: ReturnType<typeof useThread>;
  active: number | undefined;
  select: (id: number) => void;
  seen: (id: number) => void;
}

interface Place {
  id: string;
  top: number;
}

/** The first line that is seen, and where. */
function placeOf(scroller: HTMLElement): Place | undefined {
  const top = scroller.getBoundingClientRect().top;
  for (const line of scroller.querySelectorAll<HTMLElement>("[data-id]")) {
    const box = line.getBoundingClientRect();
    if (box.bottom > top) return { id: line.dataset["id"] ?? "", top: box.top - top };
  }
  return undefined;
}

function keepPlace(scroller: HTMLElement, place: Place): void {
  const line = scroller.querySelector<HTMLElement>(`[data-id="${place.id}"]`);
  if (line === null) return;
  scroller.scrollTop += line.getBoundingClientRect().top - scroller.getBoundingClientRect().top - place.top;
}

function useScroll(thread: Props["thread"], lines: LineOf[], active: number | undefined) {
  const ref = useRef<HTMLDivElement>(null);
  const place = useRef<Place | undefined>(undefined);
  const shown = useRef<number | undefined>(undefined);
  const atEnd = useRef(true);
  const target = active === undefined ? undefined : shownWith(thread.messages, active);
  useLayoutEffect(() => {
    const s = ref.current;
    if (s === null || lines.length === 0) return;
    const first = shown.current === undefined;
    const line = target === undefined ? null : s.querySelector<HTMLElement>(`[data-id="${target}"]`);
    if (line !== null && shown.current !== target) line.scrollIntoView({ block: first ? "center" : "nearest" });
    else if (first || (atEnd.current && !thread.behind)) s.scrollTop = s.scrollHeight;
    else if (place.current !== undefined) keepPlace(s, place.current);
    shown.current = target ?? 0;
  }, [lines, target]);
  const scrolled = () => {
    const s = ref.current;
    if (s === null) return;
    place.current = placeOf(s);
    const left = s.scrollHeight - s.scrollTop - s.clientHeight;
    atEnd.current = left < 8;
    if (s.scrollTop < NEAR_PX && thread.before) thread.grow(true);
    if (left < NEAR_PX && thread.behind) thread.grow(false);
  };
  useEffect(scrolled, [lines]);
  // Another width breaks lines elsewhere: what one reads stays.
  useEffect(() => {
    const s = ref.current;
    if (s === null) return;
    const sized = new ResizeObserver(() => {
      if (atEnd.current && !thread.behind) s.scrollTop = s.scrollHeight;
      else if (place.current !== undefined) keepPlace(s, place.current);
    });
    sized.observe(s);
    return () => sized.disconnect();
  }, [lines.length === 0, thread.behind]);
  return { ref, scrolled, target };
}

function joined(line: LineOf, before: LineOf | undefined): boolean {
  return before !== undefined && before.message.from === line.message.from && line.message.at - before.message.at < JOINED_MS && longDayOf(before.message.at) === longDayOf(line.message.at);
}

export function Thread({ thread, active, select, seen }: Props) {
  const lines = useMemo(() => foldThread(thread.messages), [thread.messages]);
  const { ref, scrolled, target } = useScroll(thread, lines, active);
  if (thread.error !== undefined && lines.length === 0) return <Failed error={thread.error} again={thread.again} />;
  if (thread.busy) return <Skeleton lines={14} />;
  if (lines.length === 0) return <State icon="conversation" title="Nothing is here" />;
  return (
    <div class="thread" ref={ref} role="region" aria-label="Messages" tabIndex={0} onScroll={scrolled}>
      {!thread.before && <p class="thread-edge">The conversation begins here.</p>}
      {lines.map((line, i) => {
        const before = lines[i - 1];
        const day = longDayOf(line.message.at);
        const fresh = before === undefined || longDayOf(before.message.at) !== day;
        return [
          fresh && (
            <h2 key={`day ${day}`} class="thread-day">
              {day} <span class="faint">{zone.value}</span>
            </h2>
          ),
          <Line key={line.message.id} line={line} active={line.message.id === target} joined={joined(line, before)} select={select} seen={seen} />,
        ];
      })}
      {!thread.behind && <p class="thread-edge">This is its last message so far.</p>}
    </div>
  );
}

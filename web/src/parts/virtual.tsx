/** A list of any length, of which only what is seen is in the document. The page scrolls within it; its
 * rows may differ in height. `near` is told when its end comes near. */
import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

interface Props {
  count: number;
  estimate: number;
  label: string;
  row: (index: number) => ComponentChildren;
  keyOf: (index: number) => string | number;
  near?: () => void;
  /** Is scrolled into view whenever it changes. */
  active?: number | undefined;
  class?: string;
}

export function VirtualList({ count, estimate, label, row, keyOf, near, active, class: extra = "" }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [, setTurn] = useState(0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    getItemKey: keyOf,
    overscan: 8,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => setTurn((t) => t + 1),
  };
  const [list] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  list.setOptions(options);
  useEffect(() => list._didMount(), []);
  useLayoutEffect(() => list._willUpdate());
  const items = list.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (count > 0 && last >= count - 10) near?.();
  }, [last, count]);
  useEffect(() => {
    if (active !== undefined && active >= 0) list.scrollToIndex(active, { align: "auto" });
  }, [active]);
  return (
    <div ref={scroller} class={`virtual ${extra}`} role="list" aria-label={label} tabIndex={0}>
      <div class="virtual-inside" style={{ height: `${list.getTotalSize()}px` }}>
        {items.map((i) => (
          <div key={i.key} data-index={i.index} ref={list.measureElement} class="virtual-row" role="listitem" style={{ transform: `translateY(${i.start}px)` }}>
            {row(i.index)}
          </div>
        ))}
      </div>
    </div>
  );
}

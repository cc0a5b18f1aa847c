/** One of several with how many there are of it, and a bar in proportion to the largest. */
import type { ComponentChildren } from "preact";
import { numberOf } from "../app/numbers.ts";

interface Props {
  label: ComponentChildren;
  count: number;
  most: number;
  href?: string;
  press?: () => void;
  pressed?: boolean;
}

export function Bar({ label, count, most, href, press, pressed }: Props) {
  const inside = (
    <>
      <span class="bar-fill" style={{ width: `${most === 0 ? 0 : (100 * count) / most}%` }} />
      <span class="cut" dir="auto">
        {label}
      </span>
      <span class="number faint">{numberOf(count)}</span>
    </>
  );
  if (href !== undefined)
    return (
      <a class="bar" href={href}>
        {inside}
      </a>
    );
  if (press === undefined) return <div class="bar">{inside}</div>;
  return (
    <button type="button" class="bar" aria-pressed={pressed ?? false} onClick={press}>
      {inside}
    </button>
  );
}

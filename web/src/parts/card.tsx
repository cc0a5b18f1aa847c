/** A part of a page with a heading of its own; no landmark, of which a page has few. */
import type { ComponentChildren } from "preact";

interface Props {
  title: string;
  /** Beside the title, at the right. */
  aside?: ComponentChildren;
  /** Without room around what is inside: for tables and lists. */
  flush?: boolean;
  class?: string;
  children: ComponentChildren;
}

export function Card({ title, aside, flush = false, class: extra = "", children }: Props) {
  return (
    <section class={`card ${flush ? "card-flush" : ""} ${extra}`}>
      <div class="card-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** A figure that leads to what it counts. */
export function Figure({ label, value, href, tone = "plain", below }: { label: string; value: ComponentChildren; href?: string | undefined; tone?: "plain" | "danger" | "warn"; below?: ComponentChildren }) {
  const inside = (
    <>
      <span class="figure-label">{label}</span>
      <span class="figure-value number">{value}</span>
      {below !== undefined && <span class="figure-below">{below}</span>}
    </>
  );
  const of = `figure figure-${tone}`;
  return href === undefined ? <div class={of}>{inside}</div> : <a class={of} href={href}>{inside}</a>;
}

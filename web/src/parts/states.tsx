/** The states that are not the full one: loading, empty, failed, not allowed. Each says what is so and
 * what to do. */
import type { ComponentChildren } from "preact";
import { ApiError, Unreachable, wordsOf } from "../api/errors.ts";
import type { Asked } from "../api/use-ask.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

export function Skeleton({ lines = 6, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} class="skeleton-line" style={{ width: `${[92, 76, 84, 60, 88, 70][i % 6]}%` }} />
      ))}
    </div>
  );
}

/** `whole`: it is the page, and its title the page's. */
export function State({ icon, title, whole = false, children }: { icon: IconName; title: string; whole?: boolean; children?: ComponentChildren }) {
  return (
    <div class="state">
      <Icon name={icon} size={24} />
      {whole ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}

export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const role = error instanceof ApiError && error.code === "role";
  const gone = error instanceof ApiError && error.status === 404;
  const away = error instanceof Unreachable || (error instanceof ApiError && error.status === 503);
  const title = role ? "Not for your role" : gone ? "There is no such thing" : away ? "The desk is away" : "That failed";
  const icon = role ? "privilege" : gone ? "search" : "threat";
  return (
    <div role="alert">
      <State icon={icon} title={title}>
        <p>{away ? "It does not answer. Your place is kept; the page asks again as soon as the desk is back." : wordsOf(error)}</p>
        {!role && again !== undefined && <Button onClick={again}>Try again</Button>}
      </State>
    </div>
  );
}

/** What is asked, in whichever state it is. */
export function Shown<T>({ of, lines, children }: { of: Asked<T>; lines?: number; children: (data: T) => ComponentChildren }) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error !== undefined) return <Failed error={of.error} again={of.again} />;
  return <Skeleton {...(lines === undefined ? {} : { lines })} />;
}

/** A page's heading: where one is, what it is, what can be done with all of it. */
import { useEffect } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { threatCount } from "../app/counts.ts";

export function PageHead({ title, about, children }: { title: string; about?: ComponentChildren; children?: ComponentChildren }) {
  const waiting = threatCount.value;
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${title} · Ironside`;
  }, [title, waiting]);
  return (
    <header class="page-head">
      <div class="grow">
        <h1 dir="auto">{title}</h1>
        {about !== undefined && <p class="soft">{about}</p>}
      </div>
      {children !== undefined && <div class="row">{children}</div>}
    </header>
  );
}

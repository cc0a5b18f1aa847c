/** A question in front of the page. Escape and the cross close it, unless it has to be answered; the
 * focus stays inside and goes back afterwards (the browser's own <dialog>). */
import { useEffect, useId, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { IconButton } from "./button.tsx";

interface Props {
  title: string;
  /** undefined: it has to be answered. */
  close?: (() => void) | undefined;
  wide?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, close, wide = false, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const d = ref.current;
    const before = document.activeElement;
    if (d !== null && !d.open) d.showModal();
    return () => {
      d?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dialog ${wide ? "dialog-wide" : ""}`}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        close?.();
      }}
      onClick={(e) => e.target === ref.current && close?.()}
    >
      <div class="dialog-inside">
        <div class="dialog-head">
          <h2 id={id}>{title}</h2>
          {close !== undefined && <IconButton icon="close" label="Close" onClick={close} />}
        </div>
        {children}
      </div>
    </dialog>
  );
}

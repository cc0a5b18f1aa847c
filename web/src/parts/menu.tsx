/** A list of things to do or choose, opened by a button. Arrows move, Escape closes. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface MenuItem {
  label: string;
  icon?: IconName;
  chosen?: boolean;
  below?: string;
  run: () => void;
}

function move(list: HTMLElement | null, by: number): void {
  const items = [...(list?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + by + items.length) % items.length]?.focus();
}

function useOutside(ref: { current: HTMLElement | null }, open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return;
    const away = (e: Event) => !(ref.current?.contains(e.target as Node) ?? false) && close();
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, [open]);
}

export function Menu({ label, face, items, class: extra = "" }: { label: string; face: ComponentChildren; items: MenuItem[]; class?: string }) {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useOutside(ref, open, () => setOpen(false));
  useEffect(() => {
    if (open) move(list.current, 1);
  }, [open]);
  const close = () => {
    setOpen(false);
    ref.current?.querySelector("button")?.focus();
  };
  const press = (e: KeyboardEvent) => {
    if (e.key === "Escape" && open) close();
    else if (e.key === "ArrowDown" && open) move(list.current, 1);
    else if (e.key === "ArrowUp" && open) move(list.current, -1);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div class="menu" ref={ref} onKeyDown={press}>
      <button type="button" class={`button button-quiet ${extra}`} aria-haspopup="menu" aria-expanded={open} aria-label={label} title={label} onClick={() => setOpen(!open)}>
        {face}
      </button>
      {open && (
        <div class="menu-list" role="menu" aria-label={label} ref={list}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              class="menu-item"
              role={item.chosen === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={item.chosen}
              onClick={() => {
                close();
                item.run();
              }}
            >
              <span class="menu-icon">{item.chosen === true ? <Icon name="check" /> : item.icon !== undefined && <Icon name={item.icon} />}</span>
              <span>
                {item.label}
                {item.below !== undefined && <span class="menu-below">{item.below}</span>}
              </span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** What does something is a button; what leads somewhere is a link. */
import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

type Kind = "plain" | "main" | "danger" | "quiet";
interface Base {
  kind?: Kind;
  icon?: IconName;
  children?: ComponentChildren;
  class?: string;
}
type ButtonProps = Base & Omit<JSX.IntrinsicElements["button"], "class" | "icon">;

const classOf = (kind: Kind, extra?: string) => `button button-${kind} ${extra ?? ""}`;

export function Button({ kind = "plain", icon, children, class: extra, ...rest }: ButtonProps) {
  return (
    <button type="button" class={classOf(kind, extra)} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** An icon alone: `label` is its name and its tooltip. */
export function IconButton({ label, icon, kind = "quiet", ...rest }: ButtonProps & { label: string; icon: IconName }) {
  return (
    <Button kind={kind} icon={icon} aria-label={label} title={label} {...rest} class={`button-icon ${rest.class ?? ""}`} />
  );
}

export function LinkButton({ kind = "plain", icon, children, href, ...rest }: Base & { href: string; "aria-label"?: string; title?: string }) {
  return (
    <a class={classOf(kind, rest.class)} href={href} aria-label={rest["aria-label"]} title={rest.title}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </a>
  );
}

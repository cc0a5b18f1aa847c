/** Every page: its address, who may see it, where it stands in the rail, and its code, which is loaded
 * when it is first opened. A new page is a row here and a file in src/pages. */
import type { ComponentType } from "preact";
import type { IconName } from "../parts/icon.tsx";
import type { Role } from "./session.ts";

export type Parts = Record<string, string>;
export type Page = ComponentType<{ parts: Parts }>;

export interface PageRow {
  address: string;
  title: string;
  roles: readonly Role[];
  load: () => Promise<Page>;
  /** In the rail: under which heading, with which icon, and the letter after `g` that goes there. */
  rail?: { group: "Now" | "Read" | "See" | "Keep" | "Watch"; icon: IconName; key: string };
}

const STAFF: readonly Role[] = ["reviewer", "supervisor", "auditor", "administrator"];
const LOOK: readonly Role[] = ["reviewer", "supervisor"];
const ALL: readonly Role[] = [...STAFF, "filter", "defence"];

export const pages: readonly PageRow[] = [
  {
    address: "/",
    title: "Overview",
    roles: STAFF,
    load: () => import("../pages/overview.tsx").then((m) => m.Overview),
    rail: { group: "Now", icon: "overview", key: "o" },
  },
  {
    address: "/threats",
    title: "Threats",
    roles: LOOK,
    load: () => import("../pages/threats/threats.tsx").then((m) => m.Threats),
    rail: { group: "Now", icon: "threat", key: "t" },
  },
  {
    address: "/rules",
    title: "Rules",
    roles: LOOK,
    load: () => import("../pages/rules/rules.tsx").then((m) => m.Rules),
    rail: { group: "Watch", icon: "rule", key: "r" },
  },
  {
    address: "/account",
    title: "Your account",
    roles: ALL,
    load: () => import("../pages/account.tsx").then((m) => m.Account),
  },
];

export const pagesOf = (role: Role) => pages.filter((p) => p.roles.includes(role));
/** Where a role begins. */
export const homeOf = (role: Role) => pagesOf(role)[0]?.address ?? "/account";

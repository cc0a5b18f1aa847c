/** Every page: its address, who may see it, where it stands in the rail, and its code, which is loaded
 * when it is first opened. A new page is a row here and a file in src/pages. */
import type { ComponentType } from "preact";
import type { IconName } from "../parts/icon.tsx";
import { boundTo, type Role } from "./session.ts";

export type Parts = Record<string, string>;
export type Page = ComponentType<{ parts: Parts }>;

export interface PageRow {
  address: string;
  title: string;
  roles: readonly Role[];
  load: () => Promise<Page>;
  /** Of the whole desk: not for who is bound to sets of conversations. */
  whole?: true;
  /** In the rail: under which heading, with which icon, and the letter after `g` that goes there. */
  rail?: { group: "Now" | "Read" | "See" | "Keep" | "Watch"; icon: IconName; key: string };
}

const STAFF: readonly Role[] = ["reviewer", "supervisor", "auditor", "administrator"];
const LOOK: readonly Role[] = ["reviewer", "supervisor"];
const READ: readonly Role[] = [...LOOK, "filter"];
const SEE: readonly Role[] = [...READ, "defence"];
const ALL: readonly Role[] = [...STAFF, "filter", "defence"];

export const pages: readonly PageRow[] = [
  {
    address: "/",
    title: "Overview",
    roles: STAFF,
    whole: true,
    load: () => import("../pages/overview.tsx").then((m) => m.Overview),
    rail: { group: "Now", icon: "overview", key: "o" },
  },
  {
    address: "/threats",
    title: "Threats",
    roles: READ,
    load: () => import("../pages/threats/threats.tsx").then((m) => m.Threats),
    rail: { group: "Now", icon: "threat", key: "t" },
  },
  {
    address: "/search",
    title: "Search",
    roles: SEE,
    load: () => import("../pages/search/search.tsx").then((m) => m.Search),
    rail: { group: "Read", icon: "search", key: "s" },
  },
  {
    address: "/conversations",
    title: "Conversations",
    roles: SEE,
    load: () => import("../pages/conversations.tsx").then((m) => m.Conversations),
    rail: { group: "Read", icon: "conversation", key: "c" },
  },
  {
    address: "/conversations/{id}",
    title: "Conversation",
    roles: SEE,
    load: () => import("../pages/conversation/conversation.tsx").then((m) => m.ConversationPage),
  },
  {
    address: "/people",
    title: "People",
    roles: SEE,
    load: () => import("../pages/people.tsx").then((m) => m.People),
    rail: { group: "Read", icon: "people", key: "p" },
  },
  {
    address: "/people/{account}",
    title: "Person",
    roles: SEE,
    load: () => import("../pages/person.tsx").then((m) => m.PersonPage),
  },
  {
    address: "/organisations/{name}",
    title: "Organisation",
    roles: LOOK,
    load: () => import("../pages/organisation.tsx").then((m) => m.Organisation),
  },
  {
    address: "/saved",
    title: "Saved searches",
    roles: READ,
    load: () => import("../pages/saved.tsx").then((m) => m.Saved),
    rail: { group: "Keep", icon: "saved", key: "v" },
  },
  {
    address: "/privilege",
    title: "Privilege",
    roles: ["filter"],
    load: () => import("../pages/privilege/privilege.tsx").then((m) => m.Privilege),
    rail: { group: "Now", icon: "privilege", key: "f" },
  },
  {
    address: "/cases",
    title: "Cases",
    roles: LOOK,
    whole: true,
    load: () => import("../pages/cases/cases.tsx").then((m) => m.Cases),
    rail: { group: "Keep", icon: "case", key: "k" },
  },
  {
    address: "/cases/{word}",
    title: "A case",
    roles: LOOK,
    whole: true,
    load: () => import("../pages/cases/case.tsx").then((m) => m.CasePage),
  },
  {
    address: "/sets",
    title: "Bounded sets",
    roles: ["supervisor"],
    whole: true,
    load: () => import("../pages/sets/sets.tsx").then((m) => m.Sets),
    rail: { group: "Keep", icon: "people", key: "b" },
  },
  {
    address: "/exports",
    title: "Exports",
    roles: ["supervisor"],
    whole: true,
    load: () => import("../pages/exports/exports.tsx").then((m) => m.Exports),
    rail: { group: "Keep", icon: "export", key: "x" },
  },
  {
    address: "/network",
    title: "Network",
    roles: LOOK,
    load: () => import("../pages/network/network.tsx").then((m) => m.NetworkPage),
    rail: { group: "See", icon: "network", key: "n" },
  },
  {
    address: "/map",
    title: "Map",
    roles: LOOK,
    load: () => import("../pages/map/map.tsx").then((m) => m.MapPage),
    rail: { group: "See", icon: "map", key: "m" },
  },
  {
    address: "/timeline",
    title: "Timeline",
    roles: LOOK,
    load: () => import("../pages/timeline/timeline.tsx").then((m) => m.TimelinePage),
    rail: { group: "See", icon: "timeline", key: "l" },
  },
  {
    address: "/gallery",
    title: "Gallery",
    roles: LOOK,
    load: () => import("../pages/gallery/gallery.tsx").then((m) => m.Gallery),
    rail: { group: "See", icon: "gallery", key: "g" },
  },
  {
    address: "/rules",
    title: "Rules",
    roles: LOOK,
    whole: true,
    load: () => import("../pages/rules/rules.tsx").then((m) => m.Rules),
    rail: { group: "Watch", icon: "rule", key: "r" },
  },
  {
    address: "/warrants",
    title: "Warrants",
    roles: STAFF,
    whole: true,
    load: () => import("../pages/warrants/warrants.tsx").then((m) => m.Warrants),
    rail: { group: "Watch", icon: "warrant", key: "w" },
  },
  {
    address: "/audit",
    title: "Audit",
    roles: ["auditor"],
    load: () => import("../pages/audit/audit.tsx").then((m) => m.Audit),
    rail: { group: "Watch", icon: "audit", key: "a" },
  },
  {
    address: "/administration",
    title: "Administration",
    roles: ["administrator"],
    load: () => import("../pages/administration/administration.tsx").then((m) => m.Administration),
    rail: { group: "Watch", icon: "admin", key: "d" },
  },
  {
    address: "/account",
    title: "Your account",
    roles: ALL,
    load: () => import("../pages/account.tsx").then((m) => m.Account),
  },
];

export const mayOpen = (p: PageRow, role: Role) => p.roles.includes(role) && !(p.whole === true && boundTo() !== undefined);
export const pagesOf = (role: Role) => pages.filter((p) => mayOpen(p, role));
/** Where a role begins. */
export const homeOf = (role: Role) => pagesOf(role)[0]?.address ?? "/account";

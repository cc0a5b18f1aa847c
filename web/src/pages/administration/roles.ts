/** Roles, and what each is for (docs/desk.md, "Roles"). */
import type { Role } from "../../app/session.ts";

export const roles: readonly (readonly [Role, string])[] = [
  ["reviewer", "searches, reads, marks; says why they look"],
  ["supervisor", "the same; makes rules, tries them on the past, switches them"],
  ["filter", "decides what is privileged"],
  ["auditor", "reads the access log, and no message"],
  ["administrator", "users and their roles, and no message"],
  ["defence", "the sets that were approved for them, and nothing else"],
];

export const roleChoices = roles.map(([role, what]) => [role, role, what] as const);

// Drives the page of a desk that runs, at what is done with it: node work.mjs SETTINGS.json [WORD]. Each part
// in a browser of its own, in the order in which they stand here; the first that fails ends it.
import { readFileSync } from "node:fs";
import { accessible } from "./drive/accessible.mjs";
import { administered } from "./work/administration.mjs";
import { audited } from "./work/audit.mjs";
import { defended } from "./work/defence.mjs";
import { exported } from "./work/export.mjs";
import { photographed } from "./work/gallery.mjs";
import { organised } from "./work/network.mjs";
import { merged } from "./work/people.mjs";
import { privileged } from "./work/privilege.mjs";
import { threatened } from "./work/threat.mjs";
import { translated } from "./work/translation.mjs";
import { filtered } from "./work/when-and-where.mjs";
import { drive } from "./drive/step.mjs";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
/** axe on what reviewers see is the other scenario's. */
const othersAccessible = (s) => accessible({ ...s, passwords: Object.fromEntries(Object.entries(s.passwords).filter(([user]) => ["auditor", "admin", "filter", "sara"].includes(user))) });
const parts = { threatened, organised, merged, filtered, photographed, translated, exported, privileged, defended, audited, administered, othersAccessible };
await drive(parts, settings, process.argv[3]);

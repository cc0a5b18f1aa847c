// Drives the page of a desk that runs: node drive.mjs SETTINGS.json [WORD]. Each part in a browser of its
// own, in the order in which they stand here; the first that fails ends it.
import { readFileSync } from "node:fs";
import { accessible } from "./drive/accessible.mjs";
import { byKeyboard } from "./drive/keyboard.mjs";
import { live } from "./drive/live.mjs";
import { reviewed } from "./drive/review.mjs";
import { shown } from "./drive/shown.mjs";
import { proved } from "./drive/proof.mjs";
import { signedIn } from "./drive/sign-in.mjs";
import { told } from "./drive/telling.mjs";
import { drive } from "./drive/step.mjs";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const parts = { signedIn, reviewed, shown, told, proved, byKeyboard, live, accessible };
await drive(parts, settings, process.argv[3]);

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

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const only = process.argv[3];
const parts = { signedIn, reviewed, shown, proved, byKeyboard, live, accessible };

for (const [name, part] of Object.entries(parts)) {
  if (only !== undefined && !name.includes(only)) continue;
  console.log(`   ${name}`);
  await part(settings);
}

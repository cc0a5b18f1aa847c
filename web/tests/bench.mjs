// The page in Chromium on a large desk (bench/page): node bench.mjs URL USER < PASSWORD [WORD]
import { readFileSync } from "node:fs";
import { sayWhy, signIn, withBrowser } from "./browser.mjs";
import { read } from "./bench/conversation.mjs";
import { print } from "./bench/measure.mjs";
import { dragged } from "./bench/network.mjs";
import { searched } from "./bench/search.mjs";

const [url, user, word = ""] = process.argv.slice(2);
const parts = { searched, read, dragged };

await withBrowser(async (context) => {
  const page = context.pages()[0];
  await signIn(page, url, user, readFileSync(0, "utf8").trim());
  await sayWhy(page, "a benchmark");
  let wrong = 0;
  for (const [name, part] of Object.entries(parts).filter(([n]) => n.includes(word)))
    await part(page, url).catch((e) => {
      wrong++;
      print(name, `FAILED: ${String(e.message).split("\n")[0]}`);
    });
  process.exitCode = wrong === 0 ? 0 : 1;
});

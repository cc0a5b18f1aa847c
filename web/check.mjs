// What can be said of the page without a browser: types, house rules, unit tests, size. Ends with 1 and
// says what is wrong.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { checkTypes } from "./build.mjs";

const web = fileURLToPath(new URL(".", import.meta.url));
const LINES_MAX = 200;
const FIRST_BYTES_MAX = 300 * 1024;
let wrong = 0;

function complain(where, what) {
  console.error(`web/${where}: ${what}`);
  wrong++;
}

function filesBelow(folder) {
  return readdirSync(join(web, folder), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? filesBelow(join(folder, e.name)) : [join(folder, e.name)],
  );
}

const text = (file) => readFileSync(join(web, file), "utf8");

const RULES = [
  [/\bexport default\b/, "no default exports"],
  [/:\s*any\b|\bas any\b|<any>/, "no 'any'"],
  [/dangerouslySetInnerHTML|\.innerHTML\b|insertAdjacentHTML/, "text is never taken for markup"],
  [/https?:\/\/(?!www\.w3\.org)/, "nothing from elsewhere"],
  [/(localStorage|sessionStorage)/, "what a browser remembers goes through app/kept.ts", /app\/(kept|session)\.ts$/],
];
const CSS_RULES = [[/#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i, "colours are tokens", /tokens\.css$/]];

function obey(file, rules) {
  for (const [i, line] of text(file).split("\n").entries())
    for (const [pattern, what, except] of rules)
      if (pattern.test(line) && !except?.test(file)) complain(`${file}:${i + 1}`, what);
}

function lookAtSources() {
  const styles = text("src/style.css");
  for (const file of filesBelow("src")) {
    if (/(api.(schema|terms)\.ts|towns\.txt)$/.test(file)) continue;
    const lines = text(file).split("\n").length - 1;
    if (lines > LINES_MAX && !file.endsWith("icon.tsx")) complain(file, `${lines} lines, more than ${LINES_MAX}: look for the seam`);
    obey(file, file.endsWith(".css") ? CSS_RULES : RULES);
    const own = `"./${relative("src", file)}"`;
    if (file.endsWith(".css") && file !== "src/style.css" && !styles.includes(own)) complain(file, "is not imported by src/style.css");
  }
}

function lookAtLock() {
  if (/"resolved"|https?:\/\//.test(text("package-lock.json").replace(/"(funding|url)".*/g, "")))
    complain("package-lock.json", "names a registry: npm with web/.npmrc leaves it out");
}

/** All that is fetched before the first page is whole: what index.html names, and what that imports. */
function firstBytes(page) {
  const seen = new Set();
  const take = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    if (!path.endsWith(".js")) return;
    const code = readFileSync(join(page, path), "utf8");
    for (const [, name] of code.matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)) take(`assets/${name}`);
  };
  for (const [, path] of readFileSync(join(page, "index.html"), "utf8").matchAll(/"\/(assets\/[^"]+)"/g)) take(path);
  return [...seen].reduce((sum, path) => sum + gzipSync(readFileSync(join(page, path))).length, 0);
}

function lookAtSize() {
  const page = join(web, "../build/page");
  if (!existsSync(page) || !statSync(page).isDirectory()) return;
  const bytes = firstBytes(page);
  if (bytes > FIRST_BYTES_MAX) complain("build", `${bytes} bytes compressed before the first page, more than ${FIRST_BYTES_MAX}`);
  if (process.env.SAY_SIZE !== undefined) console.log(`${bytes} bytes compressed before the first page`);
}

function runUnitTests() {
  const files = readdirSync(join(web, "tests/unit")).filter((f) => f.endsWith(".test.mjs"));
  const { status, stdout } = spawnSync(process.execPath, ["--test", ...files.map((f) => join(web, "tests/unit", f))], { encoding: "utf8" });
  if (status === 0) return;
  console.error(stdout);
  complain("tests/unit", "a test fails");
}

checkTypes();
lookAtSources();
lookAtLock();
lookAtSize();
runUnitTests();
process.exit(wrong === 0 ? 0 : 1);

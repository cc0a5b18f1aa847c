// Builds the page: node build.mjs --out FOLDER. The API's types first, then the type check, then the
// bundle; the same sources give the same bytes.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { placesText } from "./tools/places.mjs";
import { schemaText, termsText } from "./tools/schema.mjs";

const web = fileURLToPath(new URL(".", import.meta.url));
const openapi = join(web, "../docs/desk-openapi.json");
const terms = join(web, "../src/query/terms.c");

function fail(text) {
  console.error(`page: ${text}`);
  process.exit(1);
}

/** Untouched when it is the same, so that nothing that looks at times begins anew. */
function put(name, text) {
  const path = join(web, "src", name);
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}

function makeSchema() {
  put("api/schema.ts", schemaText(JSON.parse(readFileSync(openapi, "utf8"))));
  put("api/terms.ts", termsText(readFileSync(terms, "utf8")));
  put("places/towns.txt", placesText());
}

export function checkTypes() {
  makeSchema();
  const tsc = join(web, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", web], { stdio: "inherit" });
  if (status !== 0) fail("the types do not fit: see above");
}

async function bundle(to) {
  const result = await build({
    absWorkingDir: web,
    entryPoints: { main: "src/main.tsx", design: "src/design.tsx", style: "src/style.css" },
    outdir: to,
    entryNames: "assets/[name]-[hash]",
    chunkNames: "assets/[name]-[hash]",
    assetNames: "assets/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022"],
    minify: true,
    metafile: true,
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".svg": "file", ".txt": "text" },
    charset: "utf8",
    logLevel: "warning",
  });
  return result.metafile;
}

function outputs(metafile, to) {
  const of = (entry, ending) => {
    const found = Object.entries(metafile.outputs).find(
      ([path, o]) => o.entryPoint === entry && path.endsWith(ending),
    );
    return `/assets/${basename(found[0])}`;
  };
  return {
    MAIN: of("src/main.tsx", ".js"),
    DESIGN: of("src/design.tsx", ".js"),
    STYLE: of("src/style.css", ".css"),
  };
}

function fillIn(name, values, to) {
  const text = readFileSync(join(web, name), "utf8").replace(/%([A-Z]+)%/g, (_, key) => values[key]);
  writeFileSync(join(to, name), text);
}

/** Beside the old one first: a desk that starts meanwhile finds a whole page. */
async function buildPage(out) {
  const to = `${out}.new`;
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const metafile = await bundle(to);
  const values = outputs(metafile);
  for (const name of ["index.html", "design.html"]) fillIn(name, values, to);
  cpSync(join(web, "static"), to, { recursive: true });
  rmSync(out, { recursive: true, force: true });
  renameSync(to, out);
  return metafile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf("--out");
  const out = at < 0 ? undefined : process.argv[at + 1];
  if (out === undefined) fail("usage: node build.mjs --out FOLDER");
  checkTypes();
  await buildPage(resolve(out));
}

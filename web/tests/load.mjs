// A module of the page for a unit test: bundled in memory, so that node runs what the browser does.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The page's address, where nothing has another one. */
globalThis.location ??= { pathname: "/", search: "" };

export async function load(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${path}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}

// A module of the page for a unit test: bundled in memory, so that node runs what the browser does.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The page's address, where nothing has another one. */
globalThis.location ??= { pathname: "/", search: "" };

/** Several share what they both use, as in the page. */
export async function load(...paths) {
  const { outputFiles } = await build({
    stdin: {
      contents: paths.map((path) => `export * from "./${path}";`).join("\n"),
      resolveDir: fileURLToPath(new URL("../src", import.meta.url)),
    },
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

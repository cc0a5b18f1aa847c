// The API's types in TypeScript, from docs/desk-openapi.json: a route or member that the desk no
// longer has fails the type check of the page that uses it.

const METHODS = ["get", "post", "put", "delete"];

function comment(text) {
  return text === undefined ? "" : `/** ${text.replaceAll("*/", "* /")} */ `;
}

function members(schema) {
  const needed = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(
    ([name, s]) =>
      `${comment(s.description)}${JSON.stringify(name)}${needed.has(name) ? "" : "?"}: ${typeOf(s)};`,
  );
}

function typeOf(s) {
  if (s.$ref !== undefined) return s.$ref.split("/").at(-1);
  if (s.enum !== undefined) return s.enum.map((v) => JSON.stringify(v)).join(" | ");
  if (s.oneOf !== undefined) return s.oneOf.map(typeOf).join(" | ");
  if (Array.isArray(s.type)) return s.type.map((type) => typeOf({ ...s, type })).join(" | ");
  if (s.type === "array") return `(${typeOf(s.items)})[]`;
  if (s.type === "object" && s.properties === undefined) return "Record<string, unknown>";
  if (s.type === "object") return `{ ${members(s).join(" ")} }`;
  return { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" }[s.type] ?? "unknown";
}

function parameters(operation, place) {
  const list = (operation.parameters ?? []).filter((p) => p.in === place);
  const one = (p) =>
    `${comment(p.description)}${JSON.stringify(p.name)}${p.required ? "" : "?"}: ${typeOf(p.schema)};`;
  return list.length === 0 ? "Nothing_" : `{ ${list.map(one).join(" ")} }`;
}

function jsonOf(holder) {
  const schema = holder?.content?.["application/json"]?.schema;
  return schema === undefined ? undefined : typeOf(schema);
}

function answerOf(operation) {
  const good = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
  return jsonOf(good?.[1]) ?? "Nothing_";
}

function route(path, method, o) {
  const key = JSON.stringify(`${method.toUpperCase()} ${path}`);
  const roles = o["x-roles"].map((r) => JSON.stringify(r)).join(" | ") || "never";
  return `  ${comment(o.summary)}${key}: { path: ${parameters(o, "path")}; query: ${parameters(o, "query")}; body: ${jsonOf(o.requestBody) ?? "Nothing_"}; answer: ${answerOf(o)}; roles: ${roles} };`;
}

/** description: docs/desk-openapi.json, parsed. The text of src/api/schema.ts. */
export function schemaText(description) {
  const types = Object.entries(description.components.schemas).map(
    ([name, s]) => `export type ${name} = ${typeOf(s)};`,
  );
  const routes = Object.entries(description.paths).flatMap(([path, methods]) =>
    METHODS.filter((m) => methods[m] !== undefined).map((m) => route(path, m, methods[m])),
  );
  return [
    "// Made by tools/schema.mjs from docs/desk-openapi.json: not to be changed by hand.",
    "type Nothing_ = Record<string, never>;",
    ...types,
    "export interface Routes {",
    ...routes,
    "}",
    "",
  ].join("\n");
}

const ROW = /\[QUERY_\w+\] =\s*\{"(\w+)",\s*QUERY_\w+,\s*((?:"[^"]*"\s*)+),\s*(NULL|(?:"[^"]*"\s*)+)\}/g;
const joined = (c) => [...c.matchAll(/"([^"]*)"/g)].map((m) => m[1]).join("");

/** c: src/query/terms.c. The operators of a query as the search box completes them. */
export function termsText(c) {
  const rows = [...c.matchAll(ROW)].map(([, name, help, values]) => ({
    name,
    help: joined(help),
    values: values === "NULL" ? [] : joined(values).split(" "),
  }));
  if (rows.length < 10) throw new Error("src/query/terms.c has another form: no rows were found in it");
  return [
    "// Made by tools/schema.mjs from src/query/terms.c: not to be changed by hand.",
    "export interface Term { name: string; help: string; values: readonly string[] }",
    `export const terms: readonly Term[] = ${JSON.stringify(rows, null, 2)};`,
    "",
  ].join("\n");
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { schemaText, termsText } from "../../tools/schema.mjs";

const description = {
  components: { schemas: { Thing: { type: "object", properties: { id: { type: "integer" }, name: { type: ["string", "null"] } }, required: ["id"] } } },
  paths: {
    "/api/things/{id}": {
      get: {
        summary: "A thing",
        "x-roles": ["reviewer"],
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "integer" } },
          { name: "order", in: "query", schema: { type: "string", enum: ["up", "down"] } },
        ],
        responses: { 200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } } },
      },
    },
  },
};

test("schema: types of what is answered, and of what may be left out", () => {
  const text = schemaText(description);
  assert.match(text, /export type Thing = \{ "id": number; "name"\?: string \| null; \};/);
});

test("schema: a route with its parameters, roles and answer", () => {
  const text = schemaText(description);
  assert.match(text, /"GET \/api\/things\/\{id\}": \{ path: \{ "id": number; \}; query: \{ "order"\?: "up" \| "down"; \}; body: Nothing_; answer: Thing; roles: "reviewer" \};/);
});

test("terms: every row of the query language, with its help and values", () => {
  const c = readFileSync(new URL("../../../src/query/terms.c", import.meta.url), "utf8");
  const text = termsText(c);
  assert.equal(text.match(/"name":/g).length, c.match(/\[QUERY_\w+\] =/g).length);
  assert.match(text, /"name": "kind",\s+"help": "what kind of message it is",\s+"values": \[\s+"text"/);
});

test("terms: another form of the table is refused, not left out", () => {
  assert.throws(() => termsText("static const int rows[] = {1};"), /another form/);
});

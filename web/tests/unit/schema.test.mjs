import assert from "node:assert/strict";
import { test } from "node:test";
import { schemaText } from "../../tools/schema.mjs";

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

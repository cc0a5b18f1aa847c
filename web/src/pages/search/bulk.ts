/** One action over all hits of a question, or over those that were chosen; and its undoing. */
import { ask } from "../../api/client.ts";
import type { Routes } from "../../api/schema.ts";
import { countOf } from "../../app/numbers.ts";
import { attempt, tell } from "../../app/toasts.ts";

export type BulkAction = Routes["POST /api/bulk"]["body"]["action"];

const done: Record<string, (n: string, value: string) => string> = {
  tag: (n, value) => `${n} tagged “${value}”.`,
  seen: (n) => `${n} marked as seen.`,
  flag: (n) => `${n} flagged.`,
  case: (n, value) => `${n} put into the case “${value}”.`,
  assign: (n, value) => `${n} assigned to ${value}.`,
};

/** `query`: what all of them are found by. `after` is called when it is done, and when it is undone. */
export async function applyToAll(query: string, zone: string, action: BulkAction, value: string, after: () => void): Promise<void> {
  await attempt(async () => {
    const bulk = await ask("POST /api/bulk", { body: { query, zone, action, ...(value === "" ? {} : { value }) } });
    const words = done[action]?.(countOf(bulk.messages, "message"), value) ?? `${countOf(bulk.messages, "message")} changed.`;
    tell(words, {
      label: "Undo",
      undoes: true,
      run: () =>
        void attempt(async () => {
          const undone = await ask("POST /api/bulk/{id}/undo", { path: { id: bulk.id } });
          tell(`Undone for ${countOf(undone.messages, "message")}.`);
          after();
        }),
    });
    after();
  });
}

const one = {
  tag: (id: number, word: string) => ask("PUT /api/messages/{id}/tags/{word}", { path: { id, word } }),
  seen: (id: number) => ask("PUT /api/messages/{id}/seen", { path: { id } }),
  flag: (id: number) => ask("PUT /api/messages/{id}/flag", { path: { id } }),
  case: (id: number, word: string) => ask("PUT /api/cases/{word}/messages/{id}", { path: { word, id } }),
  assign: (id: number, user: string) => ask("PUT /api/assignments", { body: { kind: "message", object: String(id), user } }),
};
const back = {
  tag: (id: number, word: string) => ask("DELETE /api/messages/{id}/tags/{word}", { path: { id, word } }),
  seen: undefined,
  flag: (id: number) => ask("DELETE /api/messages/{id}/flag", { path: { id } }),
  case: (id: number, word: string) => ask("DELETE /api/cases/{word}/messages/{id}", { path: { word, id } }),
  assign: (id: number, user: string) => ask("PUT /api/assignments", { body: { kind: "message", object: String(id), user, on: false } }),
};
export type OneAction = keyof typeof one;

/** To those that were chosen, one after the other. */
export async function applyToChosen(ids: number[], action: OneAction, value: string, after: () => void): Promise<void> {
  await attempt(async () => {
    for (const id of ids) await one[action](id, value);
    const undo = back[action];
    const words = done[action]?.(countOf(ids.length, "message"), value) ?? "Done.";
    if (undo === undefined) tell(words);
    else
      tell(words, {
        label: "Undo",
        undoes: true,
        run: () =>
          void attempt(async () => {
            for (const id of ids) await undo(id, value);
            after();
          }, "Undone."),
      });
    after();
  });
}

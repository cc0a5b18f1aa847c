/** An export's pages, one behind the other: complete, or an error that says what is lacking. */
import { ask } from "../../api/client.ts";
import type { ExportPage } from "../../api/schema.ts";

export type ReadPage = (after: string | undefined) => Promise<ExportPage>;

export async function joinPages(read: ReadPage, messages: number, told: (reached: number) => void): Promise<{ parts: string[]; withheld: number }> {
  const parts: string[] = [];
  let reached = 0;
  let withheld = 0;
  for (let after: string | undefined, more = true; more; ) {
    const page = await read(after);
    if (page.of !== messages || (page.to >= page.from && page.from !== reached + 1)) throw new Error(`the export is not whole: ${reached} of ${messages} messages came, and then another page`);
    parts.push(page.text);
    withheld += page.withheld;
    reached = Math.max(reached, page.to);
    told(reached);
    more = page.after !== null;
    after = page.after ?? undefined;
  }
  if (reached !== messages) throw new Error(`the export is not whole: ${reached} of ${messages} messages came`);
  return { parts, withheld };
}

export const fetchAll = (id: number, messages: number, told: (reached: number) => void) =>
  joinPages((after) => ask("GET /api/exports/{id}", { path: { id }, query: after === undefined ? {} : { after } }), messages, told);

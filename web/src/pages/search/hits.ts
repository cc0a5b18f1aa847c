/** The hits of a question, page after page. What was found before stays until the new is there, so that
 * nothing flickers; what came in meanwhile is only counted until it is asked for. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import type { Hits } from "../../api/schema.ts";

export type Hit = Hits["hits"][number];
export type Order = "newest" | "oldest" | "relevant";

export interface Question {
  q: string;
  order: Order;
  zone: string;
  /** Of messages that are alike only the first. */
  grouped: boolean;
}

export interface Found {
  of: Question | undefined;
  hits: Hit[];
  /** As the desk understood it. */
  query: string;
  after: string | undefined;
  error: unknown;
  busy: boolean;
}

const NONE: Found = { of: undefined, hits: [], query: "", after: undefined, error: undefined, busy: true };
const PAGE = 50;

const askFor = (of: Question, after: string | undefined, signal?: AbortSignal) =>
  ask("GET /api/search", {
    query: { q: of.q, order: of.order, zone: of.zone, grouped: of.grouped, limit: PAGE, ...(after === undefined ? {} : { after }) },
    ...(signal === undefined ? {} : { signal }),
  });

export function useHits(of: Question, turn: number) {
  const [found, setFound] = useState<Found>(NONE);
  const loading = useRef(false);
  useEffect(() => {
    const stop = new AbortController();
    setFound((f) => ({ ...f, busy: true, error: undefined }));
    askFor(of, undefined, stop.signal)
      .then((a) => setFound({ of, hits: a.hits, query: a.query, after: a.more ? (a.after ?? undefined) : undefined, error: undefined, busy: false }))
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setFound({ ...NONE, of, error, busy: false });
      });
    return () => stop.abort();
  }, [of.q, of.order, of.zone, of.grouped, turn]);
  const more = () => {
    if (loading.current || found.after === undefined || found.busy) return;
    loading.current = true;
    askFor(of, found.after)
      .then((a) =>
        setFound((f) => (f.of === found.of ? { ...f, hits: [...f.hits, ...a.hits], after: a.more ? (a.after ?? undefined) : undefined } : f)),
      )
      .catch((error: unknown) => setFound((f) => ({ ...f, error })))
      .finally(() => (loading.current = false));
  };
  const change = (id: number, by: (h: Hit) => Hit) => setFound((f) => ({ ...f, hits: f.hits.map((h) => (h.id === id ? by(h) : h)) }));
  return { found, more, change };
}

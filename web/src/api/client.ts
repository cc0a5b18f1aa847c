/** The only place that speaks to the desk. What a page asks is named as the API's description names
 * it ("GET /api/search"), and its parameters and answer have the description's types. */
import { signal } from "@preact/signals";
import type { Routes } from "./schema.ts";
import { ApiError, readError, Unreachable } from "./errors.ts";

export type Route = keyof Routes;
export type Answer<R extends Route> = Routes[R]["answer"];
type Part<R extends Route, K extends "path" | "query" | "body"> =
  Record<string, never> extends Routes[R][K] ? { [P in K]?: Routes[R][K] } : { [P in K]: Routes[R][K] };
export type Args<R extends Route> = Part<R, "path"> & Part<R, "query"> & Part<R, "body"> & { signal?: AbortSignal };

/** Set by the session: sent with every question. */
export const credentials = { csrf: "", purpose: "" };
/** What the shell does when a question fails for a reason that it can mend. True: ask again. */
export const menders: { purpose: () => Promise<boolean>; session: () => Promise<boolean> } = {
  purpose: () => Promise.resolve(false),
  session: () => Promise.resolve(false),
};
/** False: the desk did not answer the last question. */
export const reachable = signal(true);

function address(route: string, args: { path?: object; query?: object }): string {
  const path = route.slice(route.indexOf(" ") + 1).replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((args.path as Record<string, unknown>)[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(args.query ?? {}))
    if (value !== undefined && value !== "") query.set(name, String(value));
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** A header has bytes only: UTF-8, each byte as one character. */
function headerText(text: string): string {
  return Array.from(new TextEncoder().encode(text), (b) => String.fromCharCode(b)).join("");
}

export function headersFor(body: unknown): Record<string, string> {
  return {
    "X-Ironside-CSRF": credentials.csrf,
    ...(credentials.purpose === "" ? {} : { "X-Ironside-Purpose": headerText(credentials.purpose) }),
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
  };
}

async function once(route: Route, args: Args<Route>): Promise<unknown> {
  const method = route.slice(0, route.indexOf(" "));
  let response: Response;
  try {
    response = await fetch(address(route, args), {
      method,
      headers: headersFor(args.body),
      body: args.body === undefined ? null : JSON.stringify(args.body),
      signal: args.signal ?? null,
    });
  } catch (e) {
    if (args.signal?.aborted) throw e;
    reachable.value = false;
    throw new Unreachable();
  }
  reachable.value = response.status !== 503;
  if (!response.ok) throw await readError(response);
  return response.json();
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const WAITS_MS = [300, 700, 1500, 3000, 5000, 8000];

/** What only reads is asked again while the desk is away: it comes back by itself. */
async function patiently(route: Route, args: Args<Route>): Promise<unknown> {
  for (let i = 0; ; i++) {
    try {
      return await once(route, args);
    } catch (e) {
      const away = e instanceof Unreachable || (e instanceof ApiError && e.status === 503);
      const wait = WAITS_MS[i];
      if (!away || !route.startsWith("GET ") || wait === undefined || args.signal?.aborted) throw e;
      await pause(wait);
    }
  }
}

export async function ask<R extends Route>(route: R, args: Args<R>): Promise<Answer<R>> {
  const all = args as Args<Route>;
  try {
    return (await patiently(route, all)) as Answer<R>;
  } catch (e) {
    if (!(e instanceof ApiError)) throw e;
    const mend = e.code === "purpose" ? menders.purpose : e.code === "session" ? menders.session : undefined;
    if (mend === undefined || !(await mend())) throw e;
    return (await patiently(route, all)) as Answer<R>;
  }
}

/** A question as a component's state: asked when it is first shown and when its arguments change. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask, type Answer, type Args, type Route } from "./client.ts";

export interface Asked<T> {
  data: T | undefined;
  error: unknown;
  /** True while a question is under way; `data` is then the answer before. */
  busy: boolean;
  again: () => void;
}

/** `args` undefined: do not ask (yet). */
export function useAsk<R extends Route>(route: R, args: Args<R> | undefined): Asked<Answer<R>> {
  const [state, setState] = useState<{ data: Answer<R> | undefined; error: unknown; busy: boolean; of: string }>({
    data: undefined,
    error: undefined,
    busy: true,
    of: "",
  });
  const [turn, setTurn] = useState(0);
  const key = args === undefined ? "" : JSON.stringify(args);
  const last = useRef(key);
  useEffect(() => {
    if (args === undefined) return;
    const stop = new AbortController();
    const kept = last.current === key;
    last.current = key;
    setState((s) => ({ data: kept ? s.data : undefined, error: undefined, busy: true, of: key }));
    ask(route, { ...args, signal: stop.signal })
      .then((data) => setState({ data, error: undefined, busy: false, of: key }))
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setState((s) => ({ data: kept ? s.data : undefined, error, busy: false, of: key }));
      });
    return () => stop.abort();
  }, [route, key, turn]);
  const again = useCallback(() => setTurn((t) => t + 1), []);
  return { data: state.of === key ? state.data : undefined, error: state.error, busy: state.busy, again };
}

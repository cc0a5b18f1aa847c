/** What changes with each move or letter stands in the address once it has settled: browsers refuse an address that
 * changes more often. */
import { useEffect, useRef } from "preact/hooks";
import { navigate, path, withQuery } from "./router.ts";

const SETTLED_MS = 300;

export function useSettled(changes: Record<string, string | undefined>): void {
  const of = useRef(path.value).current;
  const text = JSON.stringify(changes);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (path.value === of) navigate(withQuery(JSON.parse(text) as Record<string, string>), { replace: true });
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text]);
}

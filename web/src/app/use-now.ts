/** The time, again and again: for clocks. */
import { useEffect, useState } from "preact/hooks";

export function useNow(everyMs = 10000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

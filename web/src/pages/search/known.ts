/** The words that there are for what one gives messages: tags, cases, reviewers. */
import { useEffect, useState } from "preact/hooks";
import { ask } from "../../api/client.ts";

export type Asks = "tag" | "case" | "assign";

const known: Record<Asks, () => Promise<string[]>> = {
  tag: () => ask("GET /api/tags", {}).then((a) => a.tags.map((t) => t.word)),
  case: () => ask("GET /api/cases", {}).then((a) => a.cases.map((c) => c.word)),
  assign: () => ask("GET /api/reviewers", {}).then((a) => a.reviewers.map((r) => r.name)),
};

/** Without them one writes on. */
export function useKnown(asks: Asks | undefined): string[] {
  const [words, setWords] = useState<string[]>([]);
  useEffect(() => {
    setWords([]);
    if (asks !== undefined)
      known[asks]()
        .then(setWords)
        .catch(() => undefined);
  }, [asks]);
  return words;
}

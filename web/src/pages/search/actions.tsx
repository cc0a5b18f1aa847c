/** What can be done with the hits: with those that were chosen, or with all that the question finds. */
import { useState } from "preact/hooks";
import { countOf } from "../../app/numbers.ts";
import { useKeys } from "../../app/keys.ts";
import { navigate } from "../../app/router.ts";
import { looks } from "../../app/session.ts";
import { zone } from "../../app/zone.ts";
import { AskWord } from "../../parts/ask-word.tsx";
import { Button, LinkButton } from "../../parts/button.tsx";
import { AskPrivileged } from "../../parts/mark-privileged.tsx";
import { applyToAll, applyToChosen, type OneAction } from "./bulk.ts";
import { type Asks, useKnown } from "./known.ts";

interface Props {
  query: string;
  total: number | undefined;
  chosen: readonly number[];
  all: boolean;
  setAll: (all: boolean) => void;
  clear: () => void;
  changed: () => void;
}

const asked: Record<Asks, { title: (what: string) => string; label: string; hint: string; go: string }> = {
  tag: { title: (what) => `Tag ${what}`, label: "Tag", hint: "One word, such as harbour or follow-up", go: "Tag" },
  case: { title: (what) => `Put ${what} into a case`, label: "Case", hint: "The word of a case that there is", go: "Put in" },
  assign: { title: (what) => `Assign ${what}`, label: "Reviewer", hint: "Who is to read them", go: "Assign" },
};

export function Actions({ query, total, chosen, all, setAll, clear, changed }: Props) {
  const [asks, setAsks] = useState<Asks>();
  const [privileged, setPrivileged] = useState(false);
  const words = useKnown(asks);
  const some = all || chosen.length > 0;
  const run = (action: OneAction, value: string) => {
    const after = () => {
      clear();
      changed();
    };
    void (all ? applyToAll(query, zone.value, action, value, after) : applyToChosen([...chosen], action, value, after));
  };
  const exported = `/exports?${all ? `q=${encodeURIComponent(query)}` : `ids=${[...chosen].join("+")}`}`;
  useKeys("Chosen messages", [
    { keys: "A", what: "Choose all that were found", run: () => setAll(!all) },
    ...(some
      ? [
          { keys: "t", what: "Tag them", run: () => setAsks("tag") },
          { keys: "s", what: "Mark them as seen", run: () => run("seen", "") },
          { keys: "f", what: "Flag them", run: () => run("flag", "") },
          { keys: "c", what: "Put them into a case", run: () => setAsks("case") },
          { keys: "a", what: "Assign them", run: () => setAsks("assign") },
          { keys: "e", what: "Export them", run: () => navigate(exported) },
          ...(looks() ? [{ keys: "p", what: "Mark them as privileged", run: () => setPrivileged(true) }] : []),
        ]
      : []),
  ]);
  const what = all ? `all ${total === undefined ? "" : countOf(total, "message")}` : countOf(chosen.length, "message");
  if (!some) return null;
  return (
    <div class="actions" role="toolbar" aria-label="What to do with the messages">
      <span class="soft">{what}</span>
      <Button icon="tag" onClick={() => setAsks("tag")} title="t">
        Tag
      </Button>
      <Button icon="eye" onClick={() => run("seen", "")} title="s">
        Seen
      </Button>
      <Button icon="flag" onClick={() => run("flag", "")} title="f">
        Flag
      </Button>
      <Button icon="case" onClick={() => setAsks("case")} title="c">
        Case
      </Button>
      <Button icon="assign" onClick={() => setAsks("assign")} title="a">
        Assign
      </Button>
      <LinkButton icon="export" href={exported} title="e">
        Export
      </LinkButton>
      {looks() && (
        <Button icon="privilege" onClick={() => setPrivileged(true)} title="p">
          Privileged…
        </Button>
      )}
      <Button kind="quiet" onClick={clear}>
        Choose none
      </Button>
      {privileged && (
        <AskPrivileged
          kind={all ? "search" : "message"}
          what={all ? [query] : chosen.map(String)}
          words={what}
          zone={zone.value}
          close={() => setPrivileged(false)}
          done={() => {
            clear();
            changed();
          }}
        />
      )}
      {asks !== undefined && (
        <AskWord title={asked[asks].title(what)} label={asked[asks].label} hint={asked[asks].hint} go={asked[asks].go} known={words} take={(w) => run(asks, w)} close={() => setAsks(undefined)} />
      )}
    </div>
  );
}

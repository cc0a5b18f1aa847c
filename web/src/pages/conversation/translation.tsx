/** A message's words in another language, as a program of the desk's makes them when one asks: beside
 * what was written, marked as a machine's, and there again for whoever opens it later. Each asking stands in
 * the access log. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { wordsOf } from "../../api/errors.ts";
import type { Translation as Made, Translators } from "../../api/schema.ts";
import { reads } from "../../app/session.ts";
import { Button } from "../../parts/button.tsx";
import type { Message } from "./fold.ts";

/** Which programs there are does not change while a desk runs: asked once. */
const programs = signal<Translators["translators"] | undefined>(undefined);
let asking = false;

function usePrograms(): Translators["translators"] {
  useEffect(() => {
    if (asking || !reads()) return;
    asking = true;
    ask("GET /api/translators", {})
      .then((a) => (programs.value = a.translators))
      .catch(() => (asking = false));
  }, []);
  return programs.value ?? [];
}

function Beside({ of }: { of: Made }) {
  return (
    <div class="line-translation">
      <p class="line-text" dir="auto" lang={of.to}>
        {of.text}
      </p>
      <p class="faint">
        A machine’s translation, from {of.from} into {of.to} by {of.adapter}. It errs.
      </p>
    </div>
  );
}

type State = { at: "no" } | { at: "busy" } | { at: "failed"; why: string } | { at: "there"; made: Made };

export function Translation({ m, offered }: { m: Message; offered: boolean }) {
  const known = usePrograms();
  const [state, setState] = useState<State>({ at: "no" });
  const by = known.find((p) => p.from === m.lang);
  useEffect(() => {
    if (!m.made.translated) return;
    const stop = new AbortController();
    ask("GET /api/messages/{id}/translation", { path: { id: m.id }, signal: stop.signal })
      .then((made) => setState({ at: "there", made }))
      .catch((e: unknown) => stop.signal.aborted || setState({ at: "failed", why: wordsOf(e) }));
    return () => stop.abort();
  }, [m.id, m.made.translated]);
  const go = () => {
    setState({ at: "busy" });
    ask("POST /api/messages/{id}/translation", { path: { id: m.id }, body: {} })
      .then((made) => setState(made.wrong === "" ? { at: "there", made } : { at: "failed", why: `Not translated: ${made.wrong}.` }))
      .catch((e: unknown) => setState({ at: "failed", why: wordsOf(e) }));
  };
  if (state.at === "there") return <Beside of={state.made} />;
  return (
    <>
      {state.at === "failed" && (
        <p class="field-error" role="alert">
          {state.why}
        </p>
      )}
      {by !== undefined && offered && m.content.text !== "" && (
        <Button kind="quiet" disabled={state.at === "busy"} onClick={go}>
          {state.at === "busy" ? "Translating…" : `Translate into ${by.to}`}
        </Button>
      )}
    </>
  );
}

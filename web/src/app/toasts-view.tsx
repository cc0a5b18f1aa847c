import { Button, IconButton } from "../parts/button.tsx";
import { dismiss, take, toasts } from "./toasts.ts";

/** Read out as they come; an alert at once. */
export function Toasts() {
  return (
    <div class="toasts" aria-live="polite">
      {toasts.value.map((t) => (
        <div key={t.id} class={`toast toast-${t.kind}`} role={t.kind === "done" ? "status" : "alert"}>
          <span class="grow">{t.text}</span>
          {t.action !== undefined && (
            <Button onClick={() => take(t)}>
              {t.action.label} {t.action.undoes === true && <kbd>z</kbd>}
            </Button>
          )}
          <IconButton icon="close" label="Dismiss" onClick={() => dismiss(t.id)} />
        </div>
      ))}
    </div>
  );
}

/** What can be done with the keyboard: all that is in force on this page. */
import { signal } from "@preact/signals";
import { Dialog } from "../parts/dialog.tsx";
import { layers } from "./keys.ts";

export const helpOpen = signal(false);

export function HelpDialog() {
  if (!helpOpen.value) return null;
  return (
    <Dialog title="Keyboard" wide close={() => (helpOpen.value = false)}>
      <div class="help">
        {layers.value.map((layer) => (
          <section key={layer.title}>
            <h3>{layer.title}</h3>
            <dl>
              {layer.keys.map((k) => (
                <>
                  <dt key={k.keys}>
                    {k.keys.split(" ").map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd key={`${k.keys} what`}>{k.what}</dd>
                </>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="faint">Tab moves through everything; Enter opens, Escape closes.</p>
    </Dialog>
  );
}

/** A labelled input. What is wrong with it is said below it, and read out with it. */
import { useId } from "preact/hooks";
import type { TargetedInputEvent } from "preact";

interface Common {
  label: string;
  hint?: string;
  error?: string | undefined;
}
interface FieldProps extends Common {
  value?: string;
  name?: string;
  type?: "text" | "password" | "search" | "number" | "datetime-local" | "date";
  placeholder?: string;
  autocomplete?: string;
  list?: string;
  dir?: "auto";
  maxLength?: number;
  required?: boolean;
  disabled?: boolean;
  autofocus?: boolean;
  role?: "combobox";
  "aria-expanded"?: boolean;
  "aria-controls"?: string;
  "aria-activedescendant"?: string;
  onKeyDown?: (e: KeyboardEvent) => void;
  onInput?: (e: TargetedInputEvent<HTMLInputElement>) => void;
}

function Below({ id, hint, error }: { id: string; hint?: string | undefined; error?: string | undefined }) {
  if (error !== undefined)
    return (
      <p class="field-error" id={id} role="alert">
        {error}
      </p>
    );
  return hint === undefined ? null : (
    <p class="field-hint" id={id}>
      {hint}
    </p>
  );
}

export function Field({ label, hint, error, ...rest }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} class="input" aria-invalid={error !== undefined} aria-describedby={`${id}-below`} {...(rest as object)} />
      <Below id={`${id}-below`} hint={hint} error={error} />
    </div>
  );
}

export function TextArea({ label, hint, error, ...rest }: Common & { value?: string; dir?: "auto"; maxLength?: number; required?: boolean; autofocus?: boolean; onInput?: (e: TargetedInputEvent<HTMLTextAreaElement>) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea id={id} class="input" rows={3} aria-invalid={error !== undefined} aria-describedby={`${id}-below`} {...(rest as object)} />
      <Below id={`${id}-below`} hint={hint} error={error} />
    </div>
  );
}

export function Select({ label, value, options, change, hidden = false }: { label: string; value: string; options: readonly (readonly [string, string])[]; change: (value: string) => void; hidden?: boolean }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={hidden ? "unseen-text" : ""}>
        {label}
      </label>
      <select id={id} class="input" value={value} onChange={(e) => change(e.currentTarget.value)}>
        {options.map(([of, words]) => (
          <option key={of} value={of}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

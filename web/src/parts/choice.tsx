/** One of a few, each with what it means. Arrows move between them. */
import { useId } from "preact/hooks";

interface Props<T extends string> {
  label: string;
  value: T | undefined;
  choices: readonly (readonly [T, string, string?])[];
  change: (value: T) => void;
}

export function Choice<T extends string>({ label, value, choices, change }: Props<T>) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {choices.map(([of, words, below]) => (
        <label key={of} class="choice-one">
          <input type="radio" name={name} value={of} checked={of === value} onChange={() => change(of)} />
          <span>
            {words}
            {below !== undefined && <span class="field-hint">{below}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** What waits for a person, as the rail shows it. The threats' page and the events keep it right. */
import { signal } from "@preact/signals";
export const threatCount = signal(0);

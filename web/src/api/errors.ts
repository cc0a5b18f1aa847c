/** What can go wrong with a question, in words for a person. */
import type { Error as ErrorBody } from "./schema.ts";

/** The desk answered, and refused. `code` is one word, the same for the same fault. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    text: string,
    readonly offset?: number,
    readonly length?: number,
  ) {
    super(text);
  }
}

/** Nothing answered. */
export class Unreachable extends Error {
  constructor() {
    super("The desk does not answer.");
  }
}

export async function readError(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as ErrorBody;
    return new ApiError(response.status, error.code, error.text, error.offset, error.length);
  } catch {
    return new ApiError(response.status, "unknown", `The desk answered with ${response.status}.`);
  }
}

export function wordsOf(e: unknown): string {
  const text = e instanceof Error ? e.message : String(e);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The bytes of a file that a message sends: a blob of the page's own, under the type that the desk gives. */
import { headersFor } from "./client.ts";
import { readError } from "./errors.ts";

export async function fileOf(message: number, stop: AbortSignal): Promise<Blob> {
  const response = await fetch(`/api/messages/${message}/file`, { headers: headersFor(undefined), signal: stop });
  if (!response.ok) throw await readError(response);
  const blob = await response.blob();
  const length = Number(response.headers.get("Content-Length") ?? blob.size);
  if (blob.size !== length) throw new Error("The file broke off: the archive gives other bytes than were archived.");
  return new Blob([blob], { type: response.headers.get("Content-Type") ?? "application/octet-stream" });
}

/** A photo, made small by the desk. */
export async function thumbnailOf(message: number, stop: AbortSignal): Promise<Blob> {
  const response = await fetch(`/api/messages/${message}/thumbnail`, { headers: headersFor(undefined), signal: stop });
  if (!response.ok) throw await readError(response);
  return response.blob();
}

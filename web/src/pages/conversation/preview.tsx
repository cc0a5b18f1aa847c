/** A picture that came with a message, as its sender made it small. The page's policy lets no data:
 * address in, so it becomes a blob of the page's own. */
import { useEffect, useState } from "preact/hooks";

function blobOf(data: string): Blob | undefined {
  const m = /^data:(image\/(?:png|jpeg|webp));base64,([A-Za-z0-9+/=]+)$/.exec(data);
  if (m === null) return undefined;
  const bytes = Uint8Array.from(atob(m[2] ?? ""), (c) => c.charCodeAt(0));
  return new Blob([bytes], { type: m[1] ?? "" });
}

export function Preview({ data, name }: { data: string; name: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const blob = blobOf(data);
    if (blob === undefined) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return url === undefined ? null : <img class="line-preview" src={url} alt={name} />;
}

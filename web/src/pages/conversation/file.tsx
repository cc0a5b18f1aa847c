/** A file: its name and size; photos are shown and voice notes played once one asks for them, since each
 * opening stands in the access log. */
import { useEffect, useRef, useState } from "preact/hooks";
import { fileOf } from "../../api/file.ts";
import { wordsOf } from "../../api/errors.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import type { Message } from "./fold.ts";
import { Preview } from "./preview.tsx";

export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1048576 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

type Opened = { state: "no" } | { state: "busy" } | { state: "failed"; why: string } | { state: "there"; url: string; type: string };

function useFile(id: number) {
  const [opened, setOpened] = useState<Opened>({ state: "no" });
  const stop = useRef(new AbortController());
  const url = opened.state === "there" ? opened.url : undefined;
  useEffect(() => () => stop.current.abort(), [id]);
  useEffect(() => (url === undefined ? undefined : () => URL.revokeObjectURL(url)), [url]);
  const open = () => {
    setOpened({ state: "busy" });
    fileOf(id, stop.current.signal)
      .then((blob) => setOpened({ state: "there", url: URL.createObjectURL(blob), type: blob.type }))
      .catch((e: unknown) => !stop.current.signal.aborted && setOpened({ state: "failed", why: wordsOf(e) }));
  };
  return [opened, open] as const;
}

function Inside({ of, name }: { of: { url: string; type: string }; name: string }) {
  if (of.type.startsWith("image/")) return <img class="line-photo" src={of.url} alt={name} />;
  if (of.type.startsWith("audio/")) return <audio class="line-voice" src={of.url} controls aria-label={name} />;
  if (of.type.startsWith("video/")) return <video class="line-photo" src={of.url} controls aria-label={name} />;
  return null;
}

function verb(type: string): string {
  if (type.startsWith("image/")) return "Show the photo";
  return type.startsWith("audio/") ? "Play" : "Open";
}

export function File({ m }: { m: Message }) {
  const c = m.content;
  const [opened, open] = useFile(m.id);
  const name = c.name ?? "file";
  return (
    <div class="line-file">
      {opened.state === "there" ? <Inside of={opened} name={name} /> : c.preview !== undefined && <Preview data={c.preview} name={name} />}
      <p class="line-thing">
        <Icon name={c.type?.startsWith("audio/") === true ? "play" : c.type?.startsWith("image/") === true ? "gallery" : "file"} />
        <span dir="auto">{name}</span>
        <span class="faint">
          {c.type} · {sizeOf(c.size ?? 0)}
          {c.duration !== undefined && ` · ${c.duration} s`}
        </span>
        {opened.state === "there" ? (
          <a href={opened.url} download={name}>
            Save it
          </a>
        ) : (
          <Button kind="quiet" disabled={opened.state === "busy"} onClick={open}>
            {opened.state === "busy" ? "Fetching…" : verb(c.type ?? "")}
          </Button>
        )}
      </p>
      {opened.state === "failed" && (
        <p class="field-error" role="alert">
          {opened.why}
        </p>
      )}
    </div>
  );
}

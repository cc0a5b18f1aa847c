/** A photo of the gallery: its thumbnail once it is near the window, what a machine read in it, whose it is. */
import { useEffect, useRef, useState } from "preact/hooks";
import { thumbnailOf } from "../../api/file.ts";
import { countOf } from "../../app/numbers.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { placeOf } from "../../parts/message-line.tsx";
import { Person } from "../../parts/person.tsx";
import { Time } from "../../parts/time.tsx";
import type { Group, Photo } from "./groups.ts";

function useNear() {
  const at = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (at.current === null) return;
    const seen = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && setNear(true), { rootMargin: "300px" });
    seen.observe(at.current);
    return () => seen.disconnect();
  }, []);
  return [at, near] as const;
}

function useThumbnail(id: number, wanted: boolean): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!wanted) return;
    const stop = new AbortController();
    let made: string | undefined;
    thumbnailOf(id, stop.signal)
      .then((blob) => setUrl((made = URL.createObjectURL(blob))))
      .catch(() => undefined);
    return () => {
      stop.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [id, wanted]);
  return url;
}

function Picture({ of }: { of: Photo }) {
  const [at, near] = useNear();
  const url = useThumbnail(of.id, near && of.thumbnail);
  return (
    <div class="photo-picture" ref={at}>
      {url !== undefined ? <img src={url} alt={of.words === "" ? "A photo in which no text was read" : `A photo with the text: ${of.words}`} /> : <Icon name="gallery" size={24} />}
    </div>
  );
}

export function PhotoCard({ of, open, toggle }: { of: Group; open: boolean; toggle: () => void }) {
  const p = of.first;
  return (
    <li class="photo">
      <a href={placeOf(p)} title="Open it in its conversation">
        <Picture of={p} />
      </a>
      <div class="photo-about">
        <span class="row">
          <Person account={p.from} />
          <span class="faint">
            <Time at={p.at} />
          </span>
        </span>
        {p.words !== "" && (
          <p class="photo-words" dir="auto" title="Read by a machine: it errs">
            {p.words}
          </p>
        )}
        {p.wrong_file !== "" && <p class="faint">{p.wrong_file}</p>}
        {of.others.length > 0 && (
          <Button aria-expanded={open} icon="duplicate" onClick={toggle}>
            {open ? "Fold" : `${countOf(of.others.length, "other")} alike`}
          </Button>
        )}
      </div>
    </li>
  );
}

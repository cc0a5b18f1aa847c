/** What a message says, by its kind. */
import { numberOf } from "../../app/numbers.ts";
import { Icon } from "../../parts/icon.tsx";
import { PlaceName } from "../../places/place-name.tsx";
import { File } from "./file.tsx";
import type { Message } from "./fold.ts";

export function Words({ text }: { text: string }) {
  return (
    <p class="line-text" dir="auto">
      {text}
    </p>
  );
}

function Place({ m }: { m: Message }) {
  const { latitude = 0, longitude = 0, accuracy } = m.content;
  const place = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return (
    <p class="line-thing">
      <Icon name="map" /> <span class="mono">{place}</span> <PlaceName lat={latitude} lon={longitude} />
      {accuracy !== undefined && <span class="faint"> within {numberOf(Math.round(accuracy))} m</span>}
      <a href={`/search?q=${encodeURIComponent(`near:${latitude.toFixed(3)},${longitude.toFixed(3)},2`)}`}>What was near?</a>
    </p>
  );
}

function Poll({ m }: { m: Message }) {
  return (
    <div>
      <Words text={m.content.question ?? ""} />
      <ol class="line-options">
        {(m.content.options ?? []).map((o) => (
          <li key={o} dir="auto">
            {o}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** In words what has none of its own. */
const sentences: Record<string, string> = {
  edit: "corrected an earlier message",
  retract: "took an earlier message back",
  react: "reacted to an earlier message",
  read: "has read",
  group: "changed the group",
};

export function Content({ m }: { m: Message }) {
  const c = m.content;
  if (m.kind === "position" || m.kind === "live") return <Place m={m} />;
  if (m.kind === "file") return <File m={m} />;
  if (m.kind === "poll") return <Poll m={m} />;
  if (m.kind === "vote") return <Words text={`voted: ${c.vote ?? c.text}`} />;
  if (m.kind === "contact") return <p class="line-event">contact: {c.contact}</p>;
  const sentence = sentences[m.kind];
  return (
    <>
      {c.quote !== undefined && (
        <blockquote class="line-quote" dir="auto">
          {c.quote}
        </blockquote>
      )}
      {sentence !== undefined && <p class="line-event">{sentence}</p>}
      {(c.text !== "" || sentence === undefined) && <Words text={c.text === "" ? (c.reactions ?? []).join(" ") : c.text} />}
    </>
  );
}

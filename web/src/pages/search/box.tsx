/** The search box: a query, what may come next in it, and where it is wrong. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { ApiError } from "../../api/errors.ts";
import { reads } from "../../app/session.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { offersFor, type Offer } from "./complete.ts";
import { charsOf, replaceAt, wordAt } from "./words.ts";

const PAUSE_MS = 90;

/** Offers for the word at the caret; none until something was written. */
function useOffers(text: string, caret: number, active: boolean) {
  const [offers, setOffers] = useState<Offer[]>([]);
  useEffect(() => {
    setOffers([]);
    if (!active) return;
    let wanted = true;
    const timer = setTimeout(() => {
      offersFor(wordAt(text, caret).text)
        .then((found) => wanted && setOffers(found))
        .catch(() => undefined); // completion is a help: without it one writes on
    }, PAUSE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text, caret, active]);
  return [offers, () => setOffers([])] as const;
}

function Wrong({ text, error }: { text: string; error: ApiError }) {
  const at = error.offset === undefined ? undefined : charsOf(text, error.offset, error.length ?? 1);
  return (
    <p class="search-wrong" role="alert">
      {at !== undefined && (
        <code dir="auto">
          {text.slice(Math.max(0, at.start - 24), at.start)}
          <mark>{text.slice(at.start, at.end) || "␣"}</mark>
          {text.slice(at.end, at.end + 24)}
        </code>
      )}
      <span>{error.message}</span>
    </p>
  );
}

function Offers({ id, offers, chosen, take }: { id: string; offers: Offer[]; chosen: number; take: (o: Offer) => void }) {
  return (
    <ul class="offers" id={id} role="listbox" aria-label="What may come next">
      {offers.map((o, i) => (
        <li key={o.text} id={`${id}-${i}`} role="option" aria-selected={i === chosen} class="offer" onPointerDown={(e) => (e.preventDefault(), take(o))}>
          <code>{o.text}</code>
          <span class="faint cut">{o.help}</span>
        </li>
      ))}
    </ul>
  );
}

export function SearchBox({ query, error, search }: { query: string; error: unknown; search: (q: string) => void }) {
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(query);
  const [caret, setCaret] = useState(0);
  const [writing, setWriting] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const [offers, clear] = useOffers(text, caret, writing);
  const id = useId();
  useEffect(() => setText(query), [query]);
  useEffect(() => setChosen(-1), [offers]);
  const take = (o: Offer) => {
    const next = replaceAt(text, caret, o.text);
    setText(next.text);
    setCaret(next.caret);
    requestAnimationFrame(() => box.current?.setSelectionRange(next.caret, next.caret));
  };
  const go = () => {
    setWriting(false);
    clear();
    search(text.trim());
  };
  const press = (e: KeyboardEvent) => {
    const picked = offers[chosen];
    const step = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
    if (e.key === "Enter" || (e.key === "Tab" && picked !== undefined)) picked === undefined ? go() : take(picked);
    else if (step !== 0 && offers.length > 0) setChosen((chosen + step + offers.length) % offers.length);
    else if (e.key === "Escape") offers.length > 0 ? clear() : box.current?.blur();
    else return;
    e.preventDefault();
  };
  const wrong = error instanceof ApiError && error.code === "query" ? error : undefined;
  const open = offers.length > 0;
  return (
    <div class="search-box-all">
      <div class="search-box" role="search">
        <Icon name="search" />
        <input
          id="search-box"
          ref={box}
          value={text}
          type="text"
          role="combobox"
          aria-label="Search all messages"
          aria-expanded={open}
          aria-controls={`${id}-offers`}
          aria-autocomplete="list"
          {...(chosen >= 0 ? { "aria-activedescendant": `${id}-offers-${chosen}` } : {})}
          aria-invalid={wrong !== undefined}
          placeholder={`Words, “a phrase”, from:anna, country:de, has:photo${reads() ? ", tag:urgent" : ""} …`}
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          onInput={(e) => {
            setText(e.currentTarget.value);
            setCaret(e.currentTarget.selectionStart ?? e.currentTarget.value.length);
            setWriting(true);
          }}
          onKeyDown={press}
          onBlur={clear}
        />
        <Button kind="main" onClick={go}>
          Search
        </Button>
      </div>
      {open && <Offers id={`${id}-offers`} offers={offers} chosen={chosen} take={take} />}
      {wrong !== undefined && <Wrong text={query} error={wrong} />}
    </div>
  );
}

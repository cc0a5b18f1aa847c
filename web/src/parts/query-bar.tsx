/** What a picture is of: the query in the address, the same one as the search's, so that what is chosen in one
 * view filters the others. */
import { useEffect, useState } from "preact/hooks";
import { navigate, path, query, withQuery } from "../app/router.ts";
import { Button } from "./button.tsx";

const views = [
  ["/search", "Search"],
  ["/network", "Network"],
  ["/map", "Map"],
  ["/timeline", "Timeline"],
  ["/gallery", "Gallery"],
] as const;

export function QueryBar() {
  const q = query.value.get("q") ?? "";
  const [text, setText] = useState(q);
  useEffect(() => setText(q), [q]);
  return (
    <form
      class="query-bar"
      role="search"
      aria-label="What is shown"
      onSubmit={(e) => {
        e.preventDefault();
        navigate(withQuery({ q: text.trim(), open: undefined }));
      }}
    >
      <input class="input grow" type="search" aria-label="Of which messages" placeholder="Of all messages; a query narrows it, such as: after:2026-09-01 lang:nl" value={text} autocomplete="off" spellcheck={false} dir="auto" onInput={(e) => setText(e.currentTarget.value)} />
      <Button type="submit">Narrow</Button>
      {q !== "" && <Button onClick={() => navigate(withQuery({ q: undefined, open: undefined }))}>All messages</Button>}
      <nav class="row" aria-label="The same elsewhere">
        <span class="faint">The same as</span>
        {views
          .filter(([to]) => to !== path.value)
          .map(([to, words]) => (
            <a key={to} href={withQuery({ q }, to)}>
              {words}
            </a>
          ))}
      </nav>
    </form>
  );
}

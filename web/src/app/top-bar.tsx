/** Above every page: the search box, why one looks, the zone, and oneself. */
import { useEffect, useRef, useState } from "preact/hooks";
import { reachable } from "../api/client.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { Menu } from "../parts/menu.tsx";
import { helpOpen } from "./help.tsx";
import { line } from "./live.ts";
import { navigate, path, query } from "./router.ts";
import { askPurpose, purpose, reads, sees, session, signOut, type Role } from "./session.ts";
import { nextTheme, theme } from "./theme.ts";
import { attempt } from "./toasts.ts";
import { choice, chooseZone, deviceZone, mine, zone, zoneLabel, zoneValid } from "./zone.ts";

function ZoneDialog({ close }: { close: () => void }) {
  const [name, setName] = useState(mine.value);
  const [wrong, setWrong] = useState<string>();
  const take = (e: Event) => {
    e.preventDefault();
    if (!zoneValid(name)) return setWrong("There is no zone of this name. Such as Europe/Berlin or Asia/Tehran.");
    chooseZone("mine", name);
    close();
  };
  return (
    <Dialog title="Your zone" close={close}>
      <form class="stack" onSubmit={take}>
        <Field label="Zone" hint="IANA's name, such as Europe/Berlin" value={name} error={wrong} list="zones" onInput={(e) => setName(e.currentTarget.value)} />
        <datalist id="zones">
          {Intl.supportedValuesOf("timeZone").map((z) => (
            <option key={z} value={z} />
          ))}
        </datalist>
        <div class="dialog-foot">
          <Button kind="main" type="submit">
            Show times in it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function ZoneMenu() {
  const [asks, setAsks] = useState(false);
  return (
    <>
      <Menu
        label={`Times are in ${zone.value}. Change the zone`}
        face={
          <>
            <Icon name="clock" />
            <span class="top-words">{zoneLabel()}</span>
          </>
        }
        items={[
          { label: "UTC", chosen: zone.value === "UTC", run: () => chooseZone("utc") },
          { label: "This device's", below: deviceZone, chosen: choice.value === "device" && zone.value === deviceZone, run: () => chooseZone("device") },
          { label: "Mine…", below: mine.value === "" ? "not chosen yet" : mine.value, chosen: choice.value === "mine" && zone.value === mine.value, run: () => setAsks(true) },
        ]}
      />
      {asks && <ZoneDialog close={() => setAsks(false)} />}
    </>
  );
}

function Purpose() {
  const said = purpose.value;
  return (
    <button type="button" class={`top-purpose ${said === "" ? "top-purpose-none" : ""}`} title="Why you look: stands with everything you open in the access log" onClick={() => void askPurpose()}>
      <span class="faint">Why </span>
      <span dir="auto">{said === "" ? "not said yet" : said}</span>
    </button>
  );
}

function SearchBox() {
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  useEffect(() => setText(query.value.get("q") ?? ""), [query.value]);
  const go = (e: Event) => {
    e.preventDefault();
    navigate(`/search?q=${encodeURIComponent(text)}`);
  };
  return (
    <form class="top-search" role="search" onSubmit={go}>
      <Icon name="search" />
      <input ref={box} id="top-search" type="search" aria-label="Search all messages" placeholder="Search all messages" value={text} autocomplete="off" spellcheck={false} dir="auto" onInput={(e) => setText(e.currentTarget.value)} />
      <kbd>/</kbd>
    </form>
  );
}

const themeIcon = { system: "system", light: "sun", dark: "moon" } as const;

export function TopBar({ role }: { role: Role }) {
  const s = session.value;
  const user = s === null || s === "unknown" ? "" : s.user;
  const away = !reachable.value;
  return (
    <header class="top" data-line={line.value}>
      {sees() && path.value !== "/search" ? <SearchBox /> : <div class="grow" />}
      {away && (
        <span class="top-away" role="status">
          Reconnecting…
        </span>
      )}
      {reads() && <Purpose />}
      <ZoneMenu />
      <IconButton icon={themeIcon[theme.value]} label={`Colours: ${theme.value}. Change`} onClick={nextTheme} />
      <IconButton icon="help" label="Keyboard help (?)" class="top-help" onClick={() => (helpOpen.value = true)} />
      <Menu
        label={`${user}, ${role}`}
        face={
          <>
            <Icon name="people" />
            <span class="top-words">{user}</span>
          </>
        }
        items={[
          { label: "Your account", below: `${user}, ${role}`, icon: "key", run: () => navigate("/account") },
          { label: "Sign out", icon: "leave", run: () => void attempt(signOut) },
        ]}
      />
    </header>
  );
}

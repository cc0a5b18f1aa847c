/** The frame: the rail at the side, the bar above, the page that the address names. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failed, Skeleton, State } from "../parts/states.tsx";
import { Button, LinkButton } from "../parts/button.tsx";
import { HelpDialog } from "./help.tsx";
import { Palette } from "./palette.tsx";
import { PurposeDialog } from "./purpose.tsx";
import { Rail } from "./rail.tsx";
import { address, match, path } from "./router.ts";
import { homeOf, mayOpen, pages, type PageRow, type Parts } from "./routes.ts";
import { boundTo, expired, lookAgain, session, type Role } from "./session.ts";
import { Expired, SignIn } from "./sign-in.tsx";
import { Toasts } from "./toasts-view.tsx";
import { TopBar } from "./top-bar.tsx";
import { useShellKeys } from "./shell-keys.ts";

function find(at: string): { row: PageRow; parts: Parts } | undefined {
  for (const row of pages) {
    const parts = match(row.address, at);
    if (parts !== undefined) return { row, parts };
  }
  return undefined;
}

function Loaded({ row, parts }: { row: PageRow; parts: Parts }) {
  const [state, setState] = useState<{ of: PageRow; page?: ComponentType<{ parts: Parts }>; error?: unknown }>({ of: row });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    row
      .load()
      .then((page) => wanted && setState({ of: row, page }))
      .catch((error: unknown) => wanted && setState({ of: row, error }));
    return () => {
      wanted = false;
    };
  }, [row, turn]);
  if (state.of !== row || (state.page === undefined && state.error === undefined)) return <Skeleton />;
  if (state.page === undefined) return <Failed error={state.error} again={() => setTurn((t) => t + 1)} />;
  const Page = state.page;
  return <Page key={row.address} parts={parts} />;
}

/** Nobody has approved a set for whoever sees sets alone, or it was withdrawn. */
function NoSet() {
  return (
    <State whole icon="privilege" title="No set is approved for you">
      <p>You see the conversations of the sets that a supervisor has approved for you. There is none yet, or it was withdrawn.</p>
      <Button onClick={() => void lookAgain().catch(() => undefined)}>Look again</Button>
    </State>
  );
}

function Inside({ role }: { role: Role }) {
  const asked = find(path.value);
  const found = asked?.row.address === "/" && !mayOpen(asked.row, role) ? find(homeOf(role)) : asked;
  const home = <LinkButton href={homeOf(role)}>Go to the beginning</LinkButton>;
  if (found === undefined)
    return (
      <State whole icon="search" title="There is no page at this address">
        <p>Perhaps it was cut off when it was copied.</p>
        {home}
      </State>
    );
  if (found.row.roles.includes(role) && !mayOpen(found.row, role))
    return (
      <State whole icon="privilege" title="Not for who is bound to sets">
        <p>{found.row.title} is of the whole desk; you see the conversations of your sets.</p>
        {home}
      </State>
    );
  if (found.row.roles.includes(role) && boundTo() === 0 && found.row.address !== "/account") return <NoSet />;
  if (!found.row.roles.includes(role))
    return (
      <State whole icon="privilege" title="Not for your role">
        <p>
          {found.row.title} is for {found.row.roles.join(", ")}; you are signed in as {role}.
        </p>
        {home}
      </State>
    );
  return <Loaded row={found.row} parts={found.parts} />;
}

function Frame({ role }: { role: Role }) {
  useShellKeys(role);
  useEffect(() => window.scrollTo(0, 0), [path.value]);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Rail role={role} />
      <TopBar role={role} />
      <main id="main" class="main" tabIndex={-1}>
        <Inside role={role} />
      </main>
      <PurposeDialog />
      {expired.value && <Expired />}
      <HelpDialog />
      <Palette role={role} />
      <Toasts />
    </div>
  );
}

export function App() {
  void address.value;
  const s = session.value;
  if (s === "unknown") return <Skeleton label="Opening the desk" />;
  return s === null ? <SignIn /> : <Frame key={s.user} role={s.role} />;
}

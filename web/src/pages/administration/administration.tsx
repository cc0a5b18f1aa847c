/** Users of the desk: who they are, what they may, how they come in. */
import { useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import { useAsk } from "../../api/use-ask.ts";
import { countOf } from "../../app/numbers.ts";
import { session } from "../../app/session.ts";
import { attempt } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Chip } from "../../parts/chip.tsx";
import { Menu, type MenuItem } from "../../parts/menu.tsx";
import { Icon } from "../../parts/icon.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Shown } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import type { Users as Answer } from "../../api/schema.ts";
import { AddUser, NewPassword, NewRole } from "./user-dialogs.tsx";
import { roles } from "./roles.ts";

type User = Answer["users"][number];
const change = (name: string, body: { disabled: boolean }, done: string) => attempt(() => ask("PUT /api/users/{name}", { path: { name }, body }), done);

function State({ of }: { of: User }) {
  if (of.disabled) return <Chip tone="warn">disabled</Chip>;
  if (of.locked_until > Date.now())
    return (
      <Chip tone="danger">
        locked until <Time at={of.locked_until} short />
      </Chip>
    );
  return <Chip tone="good">may sign in</Chip>;
}

function Ways({ of }: { of: User }) {
  return (
    <>
      {of.passkeys > 0 && <Chip icon="key">{countOf(of.passkeys, "passkey")}</Chip>} {of.password ? <Chip>password</Chip> : <Chip tone="good">no password</Chip>}
    </>
  );
}

export interface Asks {
  what: "role" | "password";
  of: User;
}

function What({ of, again, asks }: { of: User; again: () => void; asks: (a: Asks) => void }) {
  const then = (work: Promise<boolean>) => void work.then(again);
  const items: MenuItem[] = [
    { label: "Another role…", below: of.role, icon: "people", run: () => asks({ what: "role", of }) },
    { label: "New password…", below: "ends their sessions", icon: "key", run: () => asks({ what: "password", of }) },
    of.disabled
      ? { label: "Let them in again", icon: "check", run: () => then(change(of.name, { disabled: false }, `${of.name} may sign in again.`)) }
      : { label: "Disable", below: "ends their sessions; nothing of theirs is lost", icon: "close", run: () => then(change(of.name, { disabled: true }, `${of.name} is disabled.`)) },
  ];
  if (of.passkeys > 0)
    items.push({
      label: "Remove all passkeys",
      below: "where a device is lost",
      icon: "undo",
      run: () => then(attempt(() => ask("DELETE /api/users/{name}/passkeys", { path: { name: of.name } }), `${of.name} has no passkey any more.`)),
    });
  return <Menu label={`What to do with ${of.name}`} face={<Icon name="more" />} items={items} />;
}

function Row({ of, again, asks }: { of: User; again: () => void; asks: (a: Asks) => void }) {
  const s = session.value;
  const own = s !== null && s !== "unknown" && s.user === of.name;
  return (
    <tr>
      <td>
        <strong>{of.name}</strong>
        {own && <span class="faint"> you</span>}
      </td>
      <td>
        {of.role}
        {of.sets > 0 && (
          <>
            {" "}
            <Chip tone="accent">bound to {countOf(of.sets, "set")}</Chip>
          </>
        )}
        {of.role === "defence" && of.sets === 0 && <span class="faint"> bound to no set</span>}
      </td>
      <td>
        <Ways of={of} />
      </td>
      <td>
        <State of={of} />
      </td>
      <td class="right">{!own && <What of={of} again={again} asks={asks} />}</td>
    </tr>
  );
}

function Roles() {
  return (
    <Card title="What roles may">
      <dl class="facts">
        {roles.map(([role, what]) => (
          <div key={role} class="facts-row">
            <dt>{role}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

export function Administration() {
  const asked = useAsk("GET /api/users", {});
  const [adds, setAdds] = useState(false);
  const [dialog, setDialog] = useState<Asks>();
  const close = () => setDialog(undefined);
  return (
    <>
      <PageHead title="Administration" about="Users of this desk. Each change stands in the access log.">
        <Button kind="main" icon="plus" onClick={() => setAdds(true)}>
          Add a user
        </Button>
      </PageHead>
      <div class="stack">
        <Card title="Users" flush class="users">
          <Shown of={asked}>
            {(u) => (
              <div class="users-scroll" tabIndex={0} role="region" aria-label="Users">
                <table class="table">
                  <thead>
                    <tr>
                      <th>User</th>
                      <th>Role</th>
                      <th>Comes in by</th>
                      <th>State</th>
                      <th>
                        <span class="unseen-text">What to do</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {u.users.map((user) => (
                      <Row key={user.name} of={user} again={asked.again} asks={setDialog} />
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Shown>
        </Card>
        <Roles />
      </div>
      {adds && <AddUser close={() => setAdds(false)} done={asked.again} />}
      {dialog?.what === "password" && <NewPassword name={dialog.of.name} close={close} done={asked.again} />}
      {dialog?.what === "role" && <NewRole name={dialog.of.name} role={dialog.of.role} close={close} done={asked.again} />}
    </>
  );
}

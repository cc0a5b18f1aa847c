/** Entries of the access log as a table. */
import type { Log } from "../../api/schema.ts";
import { numberOf } from "../../app/numbers.ts";
import { withQuery } from "../../app/router.ts";
import { Chip, type Tone } from "../../parts/chip.tsx";
import { Time } from "../../parts/time.tsx";

type Entry = Log["entries"][number];
const tones: Partial<Record<Entry["action"], Tone>> = { refused: "danger", export: "warn", user: "accent" };

function Row({ of }: { of: Entry }) {
  return (
    <tr>
      <td class="right number">{of.number}</td>
      <td class="audit-time">
        <Time at={of.at} />
      </td>
      <td>{of.user === "" ? <span class="faint">nobody</span> : <a href={withQuery({ user: of.user, from: undefined })}>{of.user}</a>}</td>
      <td>{of.role}</td>
      <td>
        <Chip tone={tones[of.action] ?? "plain"}>{of.action}</Chip>
      </td>
      <td dir="auto" class="audit-what">
        {of.what}
        {of.hidden && <span class="faint"> (hidden from investigators)</span>}
      </td>
      <td dir="auto">{of.purpose}</td>
      <td>{of.case}</td>
      <td>{of.warrants}</td>
      <td class="right number">{of.count === 0 ? "" : numberOf(of.count)}</td>
    </tr>
  );
}

export function Entries({ of }: { of: Entry[] }) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Entries of the access log">
      <table class="table">
        <thead>
          <tr>
            <th class="right">Entry</th>
            <th>Time</th>
            <th>User</th>
            <th>Role</th>
            <th>Action</th>
            <th>What</th>
            <th>Purpose</th>
            <th>Case</th>
            <th>Warrants</th>
            <th class="right">Messages</th>
          </tr>
        </thead>
        <tbody>
          {of.map((e) => (
            <Row key={e.number} of={e} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

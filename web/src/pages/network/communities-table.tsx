/** Communities as a table. */
import type { Network } from "../../api/schema.ts";
import { numberOf } from "../../app/numbers.ts";
import { Button } from "../../parts/button.tsx";
import { Person } from "../../parts/person.tsx";

interface Props {
  of: Network;
  colours: ReadonlyMap<number, number>;
  open: number[];
  toggle: (number: number) => void;
  choose: (number: number) => void;
}

const SHOWN = 3;

function Row({ of, colour, isOpen, toggle, choose }: { of: Network["communities"][number]; colour: number; isOpen: boolean; toggle: () => void; choose: () => void }) {
  return (
    <tr>
      <td>
        <div class="row network-row-keys">
          <Button aria-expanded={isOpen} aria-label={`${isOpen ? "Close" : "Open"} community ${of.number + 1}`} onClick={toggle}>
            {isOpen ? "Close" : "Open"}
          </Button>
          {isOpen && <Button onClick={choose}>Choose all</Button>}
        </div>
      </td>
      <td class="network-number number">
        <span class="community-dot" style={{ background: `var(--group-${colour})` }} aria-hidden="true" /> {of.number + 1}
      </td>
      <td class="right number">{numberOf(of.size)}</td>
      <td class="right number">{numberOf(Math.round(of.inside))}</td>
      <td>
        {of.members.slice(0, SHOWN).map((m, i) => (
          <span key={m}>
            {i > 0 && ", "}
            <Person account={m} />
          </span>
        ))}
      </td>
    </tr>
  );
}

export function CommunitiesTable({ of, colours, open, toggle, choose }: Props) {
  return (
    <div class="table-scroll network-scroll" tabIndex={0} role="region" aria-label="Communities">
      <table class="table">
        <thead>
          <tr>
            <th>
              <span class="unseen-text">Open or close</span>
            </th>
            <th>No.</th>
            <th class="right">People</th>
            <th class="right">Messages</th>
            <th>Foremost</th>
          </tr>
        </thead>
        <tbody>
          {of.communities.map((c) => (
            <Row key={c.number} of={c} colour={colours.get(c.number) ?? 1} isOpen={open.includes(c.number)} toggle={() => toggle(c.number)} choose={() => choose(c.number)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The network by communities: as bubbles that are opened one by one, and as a table of the same. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { ask } from "../../api/client.ts";
import type { Network, NetworkPeople } from "../../api/schema.ts";
import { useKeys } from "../../app/keys.ts";
import { countOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import { useSettled } from "../../app/settled.ts";
import { complain } from "../../app/toasts.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { communityScene, layOut } from "./community-scene.ts";
import { CommunitiesTable } from "./communities-table.tsx";
import type { Measure, Member } from "./measures.ts";
import { OrganiseDialog } from "./organise.tsx";
import { PeopleTable } from "./people-table.tsx";
import { Picture } from "./picture.tsx";

const PEOPLE_MOST = 12000;
const CONTACTS_MOST = 20000;
/** An address has room for so many; more are chosen by opening their communities. */
const CHOSEN_MOST = 100;

const openOf = () => (query.value.get("open") ?? "").split(",").filter((n) => n !== "").map(Number);
const addressOf = (open: number[]) => withQuery({ open: open.sort((a, b) => a - b).join(",") });

function toggle(number: number): void {
  const open = openOf();
  navigate(addressOf(open.includes(number) ? open.filter((n) => n !== number) : [...open, number]));
}

/** The people of those that are open, each asked for once. */
function useOpened(open: number[], q: string): Map<number, NetworkPeople> {
  const [known, setKnown] = useState<Map<number, NetworkPeople>>(new Map());
  const [of, setOf] = useState(q);
  useEffect(() => {
    const had = of === q ? known : new Map<number, NetworkPeople>();
    if (of !== q) setOf(q);
    const lacking = open.filter((n) => !had.has(n));
    if (lacking.length === 0) return;
    const stop = new AbortController();
    const whole = lacking.length > 12;
    const questions = whole
      ? [ask("GET /api/network/people", { query: { q, limit: PEOPLE_MOST, contacts: CONTACTS_MOST }, signal: stop.signal }).then((p) => byCommunity(p, lacking))]
      : lacking.map((community) => ask("GET /api/network/people", { query: { q, community, limit: 2000, contacts: 4000 }, signal: stop.signal }).then((p) => [[community, p] as const]));
    Promise.all(questions)
      .then((found) => setKnown(new Map([...had, ...found.flat()])))
      .catch((e: unknown) => stop.signal.aborted || complain(e));
    return () => stop.abort();
  }, [open.join(","), q]);
  return useMemo(() => new Map([...known].filter(([n]) => open.includes(n))), [known, open.join(",")]);
}

/** One answer for all, taken apart. */
function byCommunity(of: NetworkPeople, wanted: number[]): (readonly [number, NetworkPeople])[] {
  const parts = new Map(wanted.map((n) => [n, { people: [] as Member[], people_in_all: 0, contacts: [] as number[][], contacts_in_all: 0 }]));
  const place = of.people.map((p) => {
    const part = parts.get(p.community);
    if (part === undefined) return -1;
    part.people_in_all++;
    return part.people.push(p) - 1;
  });
  for (const [a = 0, b = 0, weight = 0] of of.contacts) {
    const [x, y] = [of.people[a], of.people[b]];
    if (x === undefined || y === undefined || x.community !== y.community) continue;
    const part = parts.get(x.community);
    if (part !== undefined) part.contacts_in_all = part.contacts.push([place[a] ?? 0, place[b] ?? 0, weight]);
  }
  return [...parts];
}

export function CommunitiesView({ of, q, by, again }: { of: Network; q: string; by: Measure; again: () => void }) {
  const open = openOf();
  const opened = useOpened(open, q);
  const laid = useMemo(() => layOut(of), [of]);
  const scene = useMemo(() => communityScene(of, laid, opened, by), [of, laid, opened, by]);
  const [picked, setPicked] = useState<ReadonlySet<string>>(() => new Set(query.value.getAll("chosen").flatMap((t) => t.split(" ")).filter((w) => w !== "")));
  useSettled({ chosen: picked.size > CHOSEN_MOST ? undefined : [...picked].join(" ") });
  const [organises, setOrganises] = useState(false);
  const members = useMemo(() => [...opened.values()].flatMap((p) => p.people), [opened]);
  const chosen = members.filter((m) => picked.has(m.person));
  const choose = (id: string | undefined) => {
    if (id?.startsWith("p") === true) pick([id.slice(1)], !picked.has(id.slice(1)));
  };
  const pick = (people: string[], on: boolean) => {
    const next = new Set(picked);
    for (const p of people) if (on) next.add(p);
      else next.delete(p);
    setPicked(next);
  };
  const all = of.communities.map((c) => c.number);
  useKeys("Network", [
    { keys: "x", what: open.length < all.length ? "Open all communities" : "Close all", run: () => navigate(addressOf(open.length < all.length ? all : [])) },
    ...(chosen.length > 0 ? [{ keys: "m", what: "Make an organisation of who is chosen", run: () => setOrganises(true) }] : []),
  ]);
  return (
    <div class="network">
      <Card title="Communities" class="network-picture" aside={<span class="faint">double click opens one; a click chooses a person</span>}>
        <Picture of={scene} label="The network, drawn" chosen={chosen.length === 1 ? `p${chosen[0]?.person}` : undefined} choose={choose} open={(id) => id.startsWith("c") && toggle(Number(id.slice(1)))} />
      </Card>
      <Card title="The same as a table" flush class="network-table" aside={<Button onClick={() => navigate(addressOf(open.length < all.length ? all : []))}>{open.length < all.length ? "Open all" : "Close all"}</Button>}>
        <CommunitiesTable of={of} colours={laid.colours} open={open} toggle={toggle} choose={(n) => pick(opened.get(n)?.people.map((p) => p.person) ?? [], true)} />
      </Card>
      {members.length > 0 && (
        <Card
          title={`People of ${open.length === 1 ? "it" : countOf(open.length, "community", "communities")}`}
          flush
          class="network-people"
          aside={
            <div class="row">
              <span class="soft" role="status">
                {countOf(chosen.length, "person", "people")} chosen
              </span>
              <Button kind="main" icon="organisation" disabled={chosen.length === 0} onClick={() => setOrganises(true)}>
                Make an organisation
              </Button>
            </div>
          }
        >
          <PeopleTable of={members} by={by} label="People of the open communities" picked={picked} pick={pick} />
        </Card>
      )}
      {organises && <OrganiseDialog of={chosen} close={() => setOrganises(false)} done={again} />}
    </div>
  );
}

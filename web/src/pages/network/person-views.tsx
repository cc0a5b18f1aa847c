/** Who is near a person, and the ways between two: drawn, and as a list. */
import { useMemo } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import { countOf, numberOf } from "../../app/numbers.ts";
import { navigate, withQuery } from "../../app/router.ts";
import { Card } from "../../parts/card.tsx";
import { handleOf, Person } from "../../parts/person.tsx";
import { Shown, State } from "../../parts/states.tsx";
import type { Around as AroundAnswer, Paths as PathsAnswer } from "../../api/schema.ts";
import type { Measure } from "./measures.ts";
import { aroundScene, pathScene } from "./person-scene.ts";
import { Picture } from "./picture.tsx";

const NEAR_MOST = 150;
const around = (person: string) => withQuery({ view: "around", who: person, from: undefined, to: undefined });
const openPerson = (id: string) => navigate(around(id.slice(1)));

function Near({ of, by }: { of: AroundAnswer; by: Measure }) {
  const scene = useMemo(() => aroundScene(of, by), [of, by]);
  return (
    <div class="network">
      <Card title={`Around ${handleOf(of.of.person)}`} class="network-picture" aside={<span class="faint">double click goes on from there</span>}>
        <Picture of={scene} label={`Who is near ${handleOf(of.of.person)}, drawn`} chosen={`p${of.of.person}`} choose={() => undefined} open={openPerson} />
      </Card>
      <Card title={`${countOf(of.people.length, "person", "people")}${of.more ? ", the nearest" : ""}`} flush class="network-table">
        <div class="table-scroll network-scroll" tabIndex={0} role="region" aria-label="Who is near">
          <table class="table">
            <thead>
              <tr>
                <th>Person</th>
                <th class="right">Steps</th>
                <th class="right">Messages</th>
                <th>Ways</th>
              </tr>
            </thead>
            <tbody>
              {of.people.map((p) => (
                <tr key={p.person}>
                  <td>
                    <Person account={p.person} />
                  </td>
                  <td class="right number">{p.steps}</td>
                  <td class="right number">{numberOf(p.weight)}</td>
                  <td>
                    <a href={around(p.person)}>around</a> · <a href={withQuery({ view: "paths", from: of.of.person, to: p.person, who: undefined })}>ways</a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </div>
  );
}

export function AroundView({ who, q, by, steps }: { who: string; q: string; by: Measure; steps: number }) {
  const asked = useAsk("GET /api/network/around/{person}", who === "" ? undefined : { path: { person: who }, query: { q, steps, limit: NEAR_MOST } });
  if (who === "")
    return (
      <State icon="people" title="Around whom?">
        <p>Write an account or a name above.</p>
      </State>
    );
  return <Shown of={asked}>{(a) => <Near of={a} by={by} />}</Shown>;
}

function Ways({ of }: { of: PathsAnswer }) {
  const scene = useMemo(() => pathScene(of), [of]);
  if (of.paths.length === 0)
    return (
      <State icon="network" title="No way between them">
        <p>Nobody of those who wrote with one, over up to twelve steps, wrote with the other.</p>
      </State>
    );
  return (
    <div class="network">
      <Card title="Ways" class="network-picture">
        <Picture of={scene} label="The ways between them, drawn" chosen={undefined} choose={() => undefined} open={openPerson} />
      </Card>
      <Card title={`${countOf(of.paths.length, "way")} of ${countOf((of.paths[0]?.length ?? 1) - 1, "step")}`} class="network-table">
        <ol class="stack">
          {of.paths.map((path) => (
            <li key={path.join("\n")}>
              {path.map((p, i) => (
                <span key={p}>
                  {i > 0 && <span class="faint"> → </span>}
                  <Person account={p} />
                </span>
              ))}
            </li>
          ))}
        </ol>
      </Card>
    </div>
  );
}

export function PathsView({ from, to, q }: { from: string; to: string; q: string }) {
  const ready = from !== "" && to !== "";
  const asked = useAsk("GET /api/network/paths", ready ? { query: { from, to, q, limit: 20 } } : undefined);
  if (!ready)
    return (
      <State icon="network" title="Between whom?">
        <p>Write two accounts or names above.</p>
      </State>
    );
  return <Shown of={asked}>{(p) => <Ways of={p} />}</Shown>;
}

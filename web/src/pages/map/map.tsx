/** Where people write from, and where they said they were: by country, and over time. What is chosen here
 * narrows the query, and with it the other views. */
import { useMemo, useState } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import type { Activity, Positions } from "../../api/schema.ts";
import { countryOf, numberOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import { useSettled } from "../../app/settled.ts";
import { zone } from "../../app/zone.ts";
import { Bar } from "../../parts/bar.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { narrowCountry, narrowPlace } from "../../parts/narrow.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { handleOf } from "../../parts/person.tsx";
import { QueryBar } from "../../parts/query-bar.tsx";
import { Shown } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { PlaceName } from "../../places/place-name.tsx";
import { around } from "./clusters.ts";
import { MapPicture } from "./map-picture.tsx";
import { DAY_MS, seenAt, type Position } from "./moving.ts";
import { When } from "./when.tsx";
import { lookAt, lookOf, textOfLook, whole } from "./world.ts";

const MOST = 5000;
const ROWS = 60;
const narrow = (q: string) => navigate(withQuery({ q, until: undefined }));

function Countries({ of, q }: { of: Activity; q: string }) {
  const most = Math.max(1, ...of.countries.map((c) => c.people));
  return (
    <Card title="People by country" class="map-side">
      <div class="bars map-scroll" tabIndex={0} role="region" aria-label="Countries">
        {of.countries.map((c) => (
          <Bar key={c.country} label={countryOf(c.country)} count={c.people} most={most} href={withQuery({ q: narrowCountry(q, c.country) })} />
        ))}
      </div>
    </Card>
  );
}

function Seen({ of, show }: { of: Position[]; show: (p: Position) => void }) {
  const newest = [...of].reverse();
  return (
    <Card title="Positions" flush class="map-list">
      {of.length === 0 ? (
        <p class="soft map-none">No position in this time. Move the slider, or take the query's filter away.</p>
      ) : (
        <div class="table-scroll map-scroll" tabIndex={0} role="region" aria-label="Positions">
          <table class="table">
            <thead>
              <tr>
                <th>Time</th>
                <th>Person</th>
                <th>Position</th>
                <th>
                  <span class="unseen-text">On the map</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {newest.slice(0, ROWS).map((p) => (
                <tr key={p.id}>
                  <td>
                    <Time at={p.at} />
                  </td>
                  <td>
                    <a href={`/people/${encodeURIComponent(p.from)}`}>{handleOf(p.from)}</a>
                  </td>
                  <td class="number">
                    {p.lat.toFixed(4)}, {p.lon.toFixed(4)}
                    <div class="soft">
                      <PlaceName lat={p.lat} lon={p.lon} />
                    </div>
                  </td>
                  <td>
                    <Button aria-label={`Show the position of ${handleOf(p.from)} on the map`} onClick={() => show(p)}>
                      Show
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {of.length > ROWS && <p class="faint map-none">The newest {ROWS} of {numberOf(of.length)}.</p>}
    </Card>
  );
}

/** One alone is named where one looks. */
function Only({ of }: { of: Position }) {
  return (
    <p>
      <a href={`/people/${encodeURIComponent(of.from)}`}>{handleOf(of.from)}</a>, <Time at={of.at} />: <PlaceName lat={of.lat} lon={of.lon} />
    </p>
  );
}

function Whole({ activity, positions, q }: { activity: Activity; positions: Positions; q: string }) {
  const of = positions.positions;
  const [first, last] = of.length === 0 ? [0, 0] : [of.at(-1)?.at ?? 0, Math.max(...of.map((p) => p.at))];
  const [usual] = useState(() => (q === "" ? whole : lookAt(of)));
  const [look, setLook] = useState(() => lookOf(query.value.get("look")) ?? usual);
  useSettled({ look: look === usual ? undefined : textOfLook(look) });
  const until = Math.min(last, Math.max(first, Number(query.value.get("until") ?? last)));
  const days = query.value.get("days") ?? "0";
  const seen = useMemo(() => seenAt(of, until, Number(days) * DAY_MS), [of, until, days]);
  const people = useMemo(() => new Map(activity.countries.map((c) => [c.country, c.people])), [activity]);
  const choosePlace = (chosen: Position[]) => {
    if (chosen.length > 1 && look.zoom < 60) return setLook({ ...lookAt(chosen), zoom: Math.min(lookAt(chosen).zoom, look.zoom * 6) });
    const { lat, lon, km } = around(chosen);
    narrow(narrowPlace(q, lat, lon, km));
  };
  return (
    <div class="map">
      <Card title="Map" class="map-main" aside={<Button disabled={seen.length === 0} onClick={() => setLook(lookAt(seen))}>To the positions</Button>}>
        <MapPicture look={look} setLook={setLook} people={people} positions={seen} chooseCountry={(code) => narrow(narrowCountry(q, code))} choosePlace={choosePlace} />
        {seen[0] !== undefined && seen.length === 1 && <Only of={seen[0]} />}
        {of.length > 1 && <When of={of} first={first} last={last} until={until} days={days} seen={seen.length} change={(t) => navigate(withQuery({ until: t >= last ? undefined : String(Math.round(t)) }), { replace: true })} changeDays={(d) => navigate(withQuery({ days: d === "0" ? undefined : d }), { replace: true })} />}
        {positions.more && <p class="faint">The newest {numberOf(MOST)} positions are shown; a query narrows them.</p>}
      </Card>
      <Countries of={activity} q={q} />
      <Seen of={seen} show={(p) => setLook({ zoom: 120, lat: p.lat, lon: p.lon })} />
    </div>
  );
}

export function MapPage() {
  const q = query.value.get("q") ?? "";
  const activity = useAsk("GET /api/activity", { query: { q, zone: zone.value } });
  const positions = useAsk("GET /api/positions", { query: { q, zone: zone.value, limit: MOST } });
  return (
    <>
      <PageHead title="Map" about="Where people write from, by country; and where they were, as they said it. Towns: GeoNames" />
      <QueryBar />
      <Shown of={activity}>{(a) => <Shown of={positions}>{(p) => <Whole activity={a} positions={p} q={q} />}</Shown>}</Shown>
    </>
  );
}

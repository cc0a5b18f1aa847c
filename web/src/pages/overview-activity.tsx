/** How much is written, by week and by country. Asks only once a purpose was said: it is a count, and
 * stands in the access log. */
import { useAsk } from "../api/use-ask.ts";
import { countOf, countryOf, numberOf } from "../app/numbers.ts";
import { askPurpose, purpose, roleOf } from "../app/session.ts";
import { zone } from "../app/zone.ts";
import { Bar } from "../parts/bar.tsx";
import { Button } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";
import { Shown, State } from "../parts/states.tsx";
import type { Activity as Answer } from "../api/schema.ts";

const WEEKS = 26;
const LABELS = 6;
const DAY_MS = 86400000;
const weekOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);
const next = (day: number) => weekOf(day + 7);
/** "2 Nov": the day is one of the answer's zone already. */
const shortOf = (day: number) => new Date(day * DAY_MS).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

function Weeks({ of }: { of: Answer["weeks"] }) {
  const shown = of.slice(-WEEKS);
  const most = Math.max(1, ...shown.map((w) => w.messages));
  const each = Math.ceil(shown.length / LABELS);
  return (
    <div class="weeks">
      <span class="weeks-most faint number">{countOf(most, "message")}</span>
      {shown.map((w, i) => (
        <a key={w.day} class="week" href={`/search?q=${encodeURIComponent(`after:${weekOf(w.day)} before:${next(w.day)}`)}`} title={`Week of ${weekOf(w.day)}: ${numberOf(w.messages)} messages of ${numberOf(w.people)} people`}>
          <span style={{ height: `${(100 * w.messages) / most}%` }} />
          <span class="week-day faint" aria-hidden="true">
            {i % each === 0 ? shortOf(w.day) : ""}
          </span>
          <span class="unseen-text">
            Week of {weekOf(w.day)}: {numberOf(w.messages)} messages
          </span>
        </a>
      ))}
    </div>
  );
}

function Both({ of }: { of: Answer }) {
  const most = Math.max(1, ...of.countries.map((c) => c.people));
  return (
    <div class="overview-two">
      <Card title="Messages by week" aside={<span class="faint">{of.zone}</span>}>
        {of.weeks.length === 0 ? <p class="faint">Nothing was written yet.</p> : <Weeks of={of.weeks} />}
      </Card>
      <Card title="People by country">
        <div class="bars">
          {of.countries.slice(0, 8).map((c) => (
            <Bar key={c.country} label={countryOf(c.country)} count={c.people} most={most} href={`/search?q=${encodeURIComponent(`country:${c.country === "" ? "unknown" : c.country}`)}`} />
          ))}
        </div>
      </Card>
    </div>
  );
}

function Asked() {
  const asked = useAsk("GET /api/activity", { query: { zone: zone.value } });
  return <Shown of={asked}>{(a) => <Both of={a} />}</Shown>;
}

export function Activity() {
  if (purpose.value !== "" || roleOf() === "supervisor") return <Asked />;
  return (
    <Card title="Activity">
      <State icon="audit" title="Say why you look to see more">
        <p>Counts of who writes when and where stand in the access log with your purpose.</p>
        <Button kind="main" onClick={() => void askPurpose()}>
          Say why
        </Button>
      </State>
    </Card>
  );
}

/** When in the week people write: a table of hours that is also a picture. */
import { numberOf } from "../../app/numbers.ts";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS = Array.from({ length: 24 }, (_, h) => h);

export function Week({ hours, zone }: { hours: number[]; zone: string }) {
  const most = Math.max(1, ...hours);
  const step = (n: number) => (n === 0 ? 0 : Math.max(1, Math.ceil((5 * n) / most)));
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Messages by hour of the week">
      <table class="heat">
        <caption class="unseen-text">Messages by hour of the week, in {zone}</caption>
        <thead>
          <tr>
            <td />
            {HOURS.map((h) => (
              <th key={h} scope="col">
                {h % 3 === 0 ? String(h).padStart(2, "0") : <span class="unseen-text">{h}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {DAYS.map((day, d) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              {HOURS.map((h) => {
                const n = hours[d * 24 + h] ?? 0;
                return (
                  <td key={h} class={`heat-${step(n)}`} title={`${day} ${String(h).padStart(2, "0")}:00: ${numberOf(n)}`}>
                    <span class="unseen-text">{n}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Photos: those that look alike as one, found by the text that a machine read in them or by what was said with
 * them. */
import { useMemo } from "preact/hooks";
import { useAsk } from "../../api/use-ask.ts";
import { countOf } from "../../app/numbers.ts";
import { navigate, query, withQuery } from "../../app/router.ts";
import { zone } from "../../app/zone.ts";
import { Button } from "../../parts/button.tsx";
import { Select } from "../../parts/field.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { QueryBar } from "../../parts/query-bar.tsx";
import { Shown, State } from "../../parts/states.tsx";
import { groupsOf, type Group, type Photo } from "./groups.ts";
import { PhotoCard } from "./photo.tsx";

const PAGE = 120;
const distances = [
  ["0", "Only the same are one"],
  ["8", "Those that look alike are one"],
  ["16", "Loosely alike"],
] as const;

function Grid({ of, more }: { of: Photo[]; more: string | null }) {
  const groups = useMemo(() => groupsOf(of), [of]);
  const open = new Set((query.value.get("unfolded") ?? "").split(".").filter((w) => w !== "").map(Number));
  const toggle = (id: number) => navigate(withQuery({ unfolded: (open.has(id) ? [...open].filter((o) => o !== id) : [...open, id]).join(".") }), { replace: true });
  const alone = (p: Photo): Group => ({ first: p, others: [] });
  return (
    <>
      <p class="soft network-about" role="status">
        {countOf(of.length, "photo")}, {countOf(groups.length, "group")}
      </p>
      <ul class="gallery">
        {groups.flatMap((g) => [
          <PhotoCard key={g.first.id} of={g} open={open.has(g.first.id)} toggle={() => toggle(g.first.id)} />,
          ...(open.has(g.first.id) ? g.others.map((p) => <PhotoCard key={p.id} of={alone(p)} open={false} toggle={() => undefined} />) : []),
        ])}
      </ul>
      <nav class="row case-pages" aria-label="Pages of the gallery">
        {query.value.get("after") !== null && <Button onClick={() => navigate(withQuery({ after: undefined }))}>To the newest</Button>}
        {more !== null && <Button onClick={() => navigate(withQuery({ after: more }))}>Older</Button>}
      </nav>
    </>
  );
}

export function Gallery() {
  const q = query.value.get("q") ?? "";
  const distance = query.value.get("alike") ?? "8";
  const after = query.value.get("after");
  const asked = useAsk("GET /api/photos", { query: { q, zone: zone.value, limit: PAGE, distance: Number(distance), ...(after === null ? {} : { after }) } });
  return (
    <>
      <PageHead title="Gallery" about="Photos, with the text that a machine read in them">
        <Select label="Which photos are one" hidden value={distance} options={distances} change={(d) => navigate(withQuery({ alike: d === "8" ? undefined : d, after: undefined }))} />
      </PageHead>
      <QueryBar />
      <Shown of={asked}>
        {(p) =>
          p.photos.length === 0 ? (
            <State icon="gallery" title="No photo here">
              <p>Take the filter away, or look at another time.</p>
            </State>
          ) : (
            <Grid of={p.photos} more={p.after} />
          )
        }
      </Shown>
    </>
  );
}

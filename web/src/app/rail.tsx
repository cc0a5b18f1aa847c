/** Where one can go. On a phone it lies below, and the less used pages under "More". */
import { Icon } from "../parts/icon.tsx";
import { Menu } from "../parts/menu.tsx";
import { threatCount } from "./counts.ts";
import { navigate, path } from "./router.ts";
import { homeOf, pagesOf, type PageRow } from "./routes.ts";
import type { Role } from "./session.ts";

const isHere = (row: PageRow) => path.value === row.address || (row.address !== "/" && path.value.startsWith(`${row.address}/`));

function Entry({ row }: { row: PageRow }) {
  const count = row.address === "/threats" ? threatCount.value : 0;
  return (
    <a class="rail-entry" href={row.address} aria-current={isHere(row) ? "page" : undefined} title={`${row.title} (g ${row.rail?.key})`}>
      {row.rail !== undefined && <Icon name={row.rail.icon} />}
      <span>{row.title}</span>
      {count > 0 && (
        <span class="rail-count number">
          {count}
          <span class="unseen-text"> waiting</span>
        </span>
      )}
    </a>
  );
}

const ON_PHONE = 4;

export function Rail({ role }: { role: Role }) {
  const rows = pagesOf(role).filter((p) => p.rail !== undefined);
  const groups = [...new Set(rows.map((r) => r.rail?.group))];
  const more = rows.slice(ON_PHONE);
  return (
    <nav class="rail" aria-label="Pages">
      <a class="rail-name" href={homeOf(role)}>
        <img src="/icon.svg" width="24" height="24" alt="" />
        <span>Ironside</span>
      </a>
      <div class="rail-wide">
        {groups.map((g) => (
          <div key={g} class="rail-group">
            <p class="rail-title">{g}</p>
            {rows.filter((r) => r.rail?.group === g).map((r) => <Entry key={r.address} row={r} />)}
          </div>
        ))}
      </div>
      <div class="rail-narrow">
        {rows.slice(0, ON_PHONE).map((r) => (
          <Entry key={r.address} row={r} />
        ))}
        {more.length > 0 && (
          <Menu
            label="More pages"
            face={<Icon name="more" />}
            class="rail-more"
            items={more.map((r) => ({ label: r.title, ...(r.rail === undefined ? {} : { icon: r.rail.icon }), run: () => navigate(r.address) }))}
          />
        )}
      </div>
    </nav>
  );
}

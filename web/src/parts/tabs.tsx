/** Parts of a page, each with an address of its own. */
interface Props {
  label: string;
  /** Which is shown: the first of each pair names it. */
  now: string;
  tabs: readonly (readonly [string, string])[];
  address: (tab: string) => string;
}

export function Tabs({ label, now, tabs, address }: Props) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([name, words]) => (
        <a key={name} href={address(name)} aria-current={name === now ? "page" : undefined}>
          {words}
        </a>
      ))}
    </nav>
  );
}

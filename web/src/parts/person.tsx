/** A person, as a link to their page. Accounts of the network are shown by their handles. */
export const handleOf = (account: string) => account.split("@")[0] ?? account;
export const personAddress = (account: string) => `/people/${encodeURIComponent(account)}`;

/** One of eight, always the same for the same account. */
export function groupOf(account: string): number {
  let sum = 0;
  for (const c of account) sum = (sum * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return (sum % 8) + 1;
}

export function Initial({ account, large = false }: { account: string; large?: boolean }) {
  return (
    <span class={`initial ${large ? "initial-large" : ""}`} style={{ "--of": `var(--group-${groupOf(account)})` }} aria-hidden="true">
      {handleOf(account).charAt(0).toUpperCase()}
    </span>
  );
}

export function Person({ account, withInitial = false }: { account: string; withInitial?: boolean }) {
  return (
    <a class="person" href={personAddress(account)} title={account} dir="auto">
      {withInitial && <Initial account={account} />}
      {handleOf(account)}
    </a>
  );
}

/** "anna, bert and 3 others" */
export function People({ accounts, most = 2 }: { accounts: string[]; most?: number }) {
  const shown = accounts.length === most + 1 ? accounts : accounts.slice(0, most);
  const rest = accounts.length - shown.length;
  return (
    <span title={accounts.map(handleOf).join(", ")}>
      {shown.map((a, i) => (
        <span key={a}>
          {i > 0 && ", "}
          <Person account={a} />
        </span>
      ))}
      {rest > 0 && <span class="faint"> and {rest} others</span>}
    </span>
  );
}

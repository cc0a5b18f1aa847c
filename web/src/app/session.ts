/** Who is signed in, and why they look. */
import { effect, signal } from "@preact/signals";
import { ask, credentials, menders } from "../api/client.ts";
import { ApiError } from "../api/errors.ts";
import type { Session } from "../api/schema.ts";

export type Role = Session["role"];

/** "unknown" until the desk has said; null: nobody. */
export const session = signal<Session | null | "unknown">("unknown");
/** Somebody was signed in and is no longer: the page stays, and asks for the password over it. */
export const expired = signal(false);

/** Why the user looks, for the access log. Kept for this tab alone, and for this user. */
export const purpose = signal("");
export const asking = signal<{ done: (said: boolean) => void } | undefined>(undefined);

const PURPOSE = "ironside.purpose";

export function signedIn(s: Session): void {
  const same = session.value !== "unknown" && session.value?.user === s.user;
  credentials.csrf = s.csrf;
  if (!same) {
    const [user, ...words] = (sessionStorage.getItem(PURPOSE) ?? "").split("\n");
    purpose.value = user === s.user ? words.join("\n") : "";
  }
  session.value = s;
  expired.value = false;
  for (const done of waiting.splice(0)) done(true);
}

const waiting: ((again: boolean) => void)[] = [];

/** True once the user has signed in again. */
function signInAgain(): Promise<boolean> {
  if (session.value === "unknown" || session.value === null) {
    session.value = null;
    return Promise.resolve(false);
  }
  expired.value = true;
  return new Promise((done) => waiting.push(done));
}

/** True once a purpose was said. */
export function askPurpose(): Promise<boolean> {
  const before = asking.value;
  return new Promise((done) => {
    asking.value = {
      done: (said) => {
        before?.done(said);
        done(said);
      },
    };
  });
}

export function sayPurpose(text: string): void {
  purpose.value = text.trim();
  asking.value?.done(purpose.value !== "");
  asking.value = undefined;
}

export function beginSession(): void {
  menders.purpose = askPurpose;
  menders.session = signInAgain;
  effect(() => {
    credentials.purpose = purpose.value;
    const s = session.value;
    if (s !== null && s !== "unknown") sessionStorage.setItem(PURPOSE, `${s.user}\n${purpose.value}`);
  });
  ask("GET /api/session", {})
    .then(signedIn)
    .catch((e: unknown) => {
      if (e instanceof ApiError && e.status === 401) session.value = null;
      else setTimeout(beginSession, 2000);
    });
}

export async function signOut(): Promise<void> {
  await ask("DELETE /api/session", {});
  sessionStorage.removeItem(PURPOSE);
  purpose.value = "";
  session.value = null;
  expired.value = false;
}

export const roleOf = (): Role | undefined =>
  session.value === null || session.value === "unknown" ? undefined : session.value.role;
export const looks = () => roleOf() === "reviewer" || roleOf() === "supervisor";
/** Those who read messages for the agency, of whichever part of them: they say why. */
export const reads = () => looks() || roleOf() === "filter";
/** … and the defence, who reads its sets, marks nothing and keeps nothing. */
export const sees = () => reads() || roleOf() === "defence";
/** Whoever sees the approved sets alone to which they are bound: how many these are; else undefined. */
export const boundTo = (): number | undefined =>
  session.value === null || session.value === "unknown" || !session.value.bound ? undefined : session.value.sets;
/** Looks whether a set was approved or withdrawn meanwhile. */
export const lookAgain = () => ask("GET /api/session", {}).then(signedIn);

/** Passkeys in the browser's words and in the API's: base64url without padding. */
import { ask } from "./client.ts";
import type { Session } from "./schema.ts";

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

export function textOf(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export const passkeysPossible = () => typeof PublicKeyCredential !== "undefined";

const known = (ids: string[]): PublicKeyCredentialDescriptor[] =>
  ids.map((id) => ({ type: "public-key", id: bytesOf(id) }));

export async function signInByPasskey(name: string): Promise<Session> {
  const c = await ask("POST /api/session/challenge", { body: { name } });
  const got = (await navigator.credentials.get({
    publicKey: {
      challenge: bytesOf(c.challenge),
      rpId: c.rp,
      allowCredentials: known(c.credentials),
      userVerification: "required",
    },
  })) as PublicKeyCredential;
  const r = got.response as AuthenticatorAssertionResponse;
  return ask("POST /api/session/passkey", {
    body: {
      name,
      credential: textOf(got.rawId),
      client_data: textOf(r.clientDataJSON),
      authenticator_data: textOf(r.authenticatorData),
      signature: textOf(r.signature),
    },
  });
}

/** `name`: by which the user knows it again; `password`: the own one. */
export async function addPasskey(name: string, password: string): Promise<void> {
  const c = await ask("POST /api/passkeys/challenge", {});
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: bytesOf(c.challenge),
      rp: { id: c.rp, name: "Ironside" },
      user: { id: bytesOf(c.handle), name: c.user, displayName: c.user },
      pubKeyCredParams: c.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: known(c.exclude),
      authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
      attestation: "none",
    },
  })) as PublicKeyCredential;
  const r = made.response as AuthenticatorAttestationResponse;
  await ask("POST /api/passkeys", {
    body: {
      name,
      password,
      client_data: textOf(r.clientDataJSON),
      attestation: textOf(r.attestationObject),
    },
  });
}

// Every page as axe and the pictures see it: a name, its address, who opens it. `ready`: what is there
// once it is whole. `{first …}` in an address is filled in from the desk (tests/fill.mjs).
export const pages = [
  { name: "sign-in", address: "/", ready: ".gate-card" },
  { name: "design", address: "/design.html", ready: ".swatches" },
  { name: "overview", address: "/", user: "reviewer", ready: ".figures" },
  { name: "threats", address: "/threats", user: "reviewer", ready: ".threat-context .line-here" },
  { name: "rules", address: "/rules", user: "reviewer", ready: ".card details" },
  { name: "account", address: "/account", user: "reviewer", ready: ".card" },
  { name: "not-found", address: "/no-such-page", user: "reviewer", ready: ".state" },
];

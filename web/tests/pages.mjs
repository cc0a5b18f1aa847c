// Every page as axe and the pictures see it: a name, its address, who opens it. `ready`: what is there
// once it is whole. `{first …}` in an address is filled in from the desk (tests/fill.mjs).
export const pages = [
  { name: "sign-in", address: "/", ready: ".gate-card" },
  { name: "design", address: "/design.html", ready: ".swatches" },
  { name: "overview", address: "/", user: "reviewer", ready: ".figures" },
  { name: "threats", address: "/threats", user: "reviewer", ready: ".threat-context .message-line-here" },
  { name: "rules", address: "/rules", user: "reviewer", ready: ".card details" },
  { name: "search", address: "/search?q=papers", user: "reviewer", ready: ".hit" },
  { name: "search-open", address: "/search?q=papers&open={hit}", user: "reviewer", ready: ".line-active" },
  { name: "search-wrong", address: "/search?q=papers%20(", user: "reviewer", ready: ".search-wrong" },
  { name: "search-nothing", address: "/search?q=nosuchwordatall", user: "reviewer", ready: ".state" },
  { name: "conversations", address: "/conversations", user: "reviewer", ready: ".list-row" },
  { name: "conversation", address: "/conversations/{conversation}", user: "reviewer", ready: ".line" },
  { name: "people", address: "/people", user: "reviewer", ready: ".list-row" },
  { name: "person", address: "/people/{person}", user: "reviewer", ready: ".list-row" },
  { name: "organisation", address: "/organisations/harbour", user: "reviewer", ready: ".card, .state" },
  { name: "saved", address: "/saved", user: "reviewer", ready: ".card, .state" },
  { name: "audit", address: "/audit", user: "auditor", ready: ".audit-pages" },
  { name: "administration", address: "/administration", user: "admin", ready: ".users tbody tr" },
  { name: "account", address: "/account", user: "reviewer", ready: ".card" },
  { name: "not-found", address: "/no-such-page", user: "reviewer", ready: ".state" },
];

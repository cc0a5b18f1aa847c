import { render } from "preact";
import { App } from "./app/app.tsx";
import { listenToKeys } from "./app/keys.ts";
import { listenToDesk } from "./app/live.ts";
import { listenToAddress } from "./app/router.ts";
import { beginSession } from "./app/session.ts";
import { beginTheme } from "./app/theme.ts";
import { watchThreats } from "./app/threat-watch.ts";
import { keepZoneInAddress } from "./app/zone.ts";

beginTheme();
listenToAddress();
keepZoneInAddress();
listenToKeys();
beginSession();
listenToDesk();
watchThreats();
const at = document.getElementById("page");
if (at !== null) render(<App />, at);

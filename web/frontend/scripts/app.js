// The pages work without scripts; these make them quicker. Each module looks for its own marks in the page.
import "../styles/app.css";
import "htmx.org";
import { watchDialogs } from "./dialogs.js";
import { watchDrafts } from "./drafts.js";
import { watchEditors } from "./editor.js";
import { watchKeys } from "./keys.js";
import { watchLimits } from "./limits.js";
import { watchMenus } from "./menus.js";
import { watchTabs } from "./tabs.js";
import { watchTheme } from "./theme.js";
import { watchToasts } from "./toasts.js";
import { watchTries } from "./tries.js";
import { rememberZone } from "./zone.js";

rememberZone();
watchTheme();
watchMenus();
watchDialogs();
watchTabs();
watchEditors();
watchDrafts();
watchLimits();
watchTries();
watchToasts();
watchKeys();

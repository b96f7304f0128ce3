/** A phone's two pages: it loads this once, at the door, and has what it needs when it comes to play. */

import { byId } from "../lib/dom.js";
import { openDoor } from "./join.js";
import { play } from "../player/page.js";

if (byId("join-form")) openDoor();
else play();

/** A page without a life of its own. */

import { showSite } from "../lib/site.js";

showSite();

/** The viewer of the OpenAPI document, with the token of whoever is signed in already in place. */

import { token } from "../lib/session.js";
import { showSite } from "../lib/site.js";

showSite();

const viewer = window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  displayRequestDuration: true,
  onComplete: () => token() && viewer.preauthorizeApiKey("token", token()),
});

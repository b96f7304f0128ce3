/** Whether the person at this browser is an admin. */

import { get } from "./api.js";
import { token } from "./session.js";
import { tab } from "./store.js";

/** Asked once for each tab. Only what is shown depends on it: what admins may do is for the server to say. */
export async function isAdmin() {
  const asking = token();
  if (!asking) return false;
  const known = tab.get("admin");
  if (known?.token === asking) return known.is;
  try {
    const { user } = await get("/users/me", { stay: true });
    tab.set("admin", { token: asking, is: user.is_admin });
    return user.is_admin;
  } catch {
    return false;
  }
}

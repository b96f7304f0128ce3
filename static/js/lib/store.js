/** What this browser remembers. Where storage is forbidden it remembers until the page is left. */

class Shelf {
  constructor(open) {
    this.memory = new Map();
    try {
      this.storage = open();
      this.storage.setItem("quizzler.probe", "1");
      this.storage.removeItem("quizzler.probe");
    } catch {
      this.storage = null;
    }
  }

  get(key) {
    try {
      const text = this.storage ? this.storage.getItem(`quizzler.${key}`) : this.memory.get(key);
      return text ? JSON.parse(text) : null;
    } catch {
      return null;
    }
  }

  set(key, value) {
    const text = JSON.stringify(value);
    this.memory.set(key, text);
    try {
      this.storage?.setItem(`quizzler.${key}`, text);
    } catch {
      this.storage = null;
    }
  }

  remove(key) {
    this.memory.delete(key);
    this.storage?.removeItem(`quizzler.${key}`);
  }

  /** Takes what is there away with it. */
  take(key) {
    const value = this.get(key);
    this.remove(key);
    return value;
  }
}

/** Outlives the tab. */
export const lasting = new Shelf(() => window.localStorage);

/** Lives as long as this tab, reloads included; two tabs never share it. */
export const tab = new Shelf(() => window.sessionStorage);

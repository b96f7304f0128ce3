/** Text as large as its room allows: people in the last row read the same screen. */

import { setStyles } from "./dom.js";

const SMALLEST = 0.34;

/**
 * Sets the `--fit` property of `element` to the largest scale up to `largest` at which nothing overflows
 * (1 is the size the style sheet asks for), now and whenever its size changes. Returns a function that
 * stops watching.
 */
export function keepFitting(element, largest = 1) {
  let width = 0;
  let height = 0;
  const watcher = new ResizeObserver(() => {
    if (element.clientWidth === width && element.clientHeight === height) return;
    width = element.clientWidth;
    height = element.clientHeight;
    fit(element, largest);
  });
  watcher.observe(element);
  // A typeface that comes late is wider or narrower than the one that stood in for it.
  const fitAgain = () => fit(element, largest);
  document.fonts.addEventListener("loadingdone", fitAgain);
  document.fonts.ready.then(fitAgain);
  return () => {
    watcher.disconnect();
    document.fonts.removeEventListener("loadingdone", fitAgain);
  };
}

function fit(element, largest) {
  let low = SMALLEST;
  let high = largest;
  if (fits(element, high)) return;
  for (let round = 0; round < 7; round += 1) {
    const middle = (low + high) / 2;
    if (fits(element, middle)) low = middle;
    else high = middle;
  }
  fits(element, low);
}

/** `data-fit="width"`: a line that may be as high as it likes. */
function fits(element, scale) {
  setStyles(element, { "--fit": scale.toFixed(3) });
  const highEnough = element.dataset.fit === "width" || element.scrollHeight <= element.clientHeight + 1;
  return highEnough && element.scrollWidth <= element.clientWidth + 1;
}

/** Building elements. Text from people enters a page here, and only as text. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Attributes: `on…` functions become listeners, `style` is an object of CSS properties
 * (set one by one, which a strict Content-Security-Policy allows), `true` and `false` are presence, but for
 * `data-…` and `aria-…`, where they are words.
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

export function replace(parent, ...children) {
  parent.replaceChildren(...children.flat(Infinity).filter(isContent));
  return parent;
}

/** Sets text only where it differs, so that screen readers are not told again. */
export function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

export function byId(id) {
  return document.getElementById(id);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "style") setStyles(element, value);
    else if (name === "value") element.value = value;
    else if (/^(data|aria)-/.test(name) && typeof value === "boolean") element.setAttribute(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter(isContent));
  return element;
}

export function setStyles(element, styles) {
  for (const [property, value] of Object.entries(styles)) element.style.setProperty(property, value);
}

function isContent(child) {
  return child !== null && child !== undefined && child !== false;
}

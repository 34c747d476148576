/** Finds elements of the page and makes new ones: CSP and escaping leave no other way than the DOM. */
const SVG = "http://www.w3.org/2000/svg";

/**
 * What has to be in the page; throws an Error where it is not, or is of another kind.
 * @template {Element} [Kind=HTMLElement]
 * @param {string} selector
 * @param {new () => Kind} [kind]
 * @param {ParentNode} [root]
 */
export function find(selector, kind, root = document) {
  const expected = kind ?? HTMLElement;
  const found = root.querySelector(selector);
  if (found instanceof expected) {
    return /** @type {Kind} */ (found);
  }
  throw new Error(`expected "${selector}" in the page as ${expected.name}, got ${found}`);
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string)} children
 */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * The same for pictures.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string)} children
 */
export function shape(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** @typedef {Record<string, string | number>} Attributes */

/**
 * @template {Element} Made
 * @param {Made} made
 * @param {Attributes} attributes
 * @param {(Node | string)[]} children
 */
function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/** @param {string} name of a symbol in index.html, without "icon-" */
export function icon(name) {
  return shape("svg", { class: "icon", "aria-hidden": "true" }, shape("use", { href: `#icon-${name}` }));
}

/** @type {WeakMap<Element, string>} */
const listed = new WeakMap();

/**
 * Fills a list, anew only where its entries have changed: a press on a button that is replaced meanwhile is lost.
 * @template Entry
 * @param {Element} list which nothing else fills
 * @param {Entry[]} entries all that the items tell and do, as JSON can say it
 * @param {(entry: Entry) => Element} make
 * @param {Element[]} [instead] of no entries
 */
export function fillList(list, entries, make, instead = []) {
  const told = JSON.stringify(entries);
  if (listed.get(list) !== told) {
    listed.set(list, told);
    list.replaceChildren(...(entries.length ? entries.map(make) : instead));
  }
}

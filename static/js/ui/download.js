/** Files that the page hands over. */
import { element } from "./elements.js";

/**
 * Hands a file over without another request: the page keeps the token, a link would not.
 * @param {string} name
 * @param {string} contents
 * @param {string} [type]
 */
export function save(name, contents, type = "application/json") {
  const address = URL.createObjectURL(new Blob([contents], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address));
}

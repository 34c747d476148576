/** Tells when the colours of the page change, by the system or by a switch that sets data-theme. */

/**
 * @param {() => void} redraw
 * @returns {() => void} ends it
 */
export function onThemeChange(redraw) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(redraw);
  system.addEventListener("change", redraw);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "style", "class"] });
  return () => {
    system.removeEventListener("change", redraw);
    observer.disconnect();
  };
}

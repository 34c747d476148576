/** Colours between three: low, middle and high; read from the style sheet, so that themes are followed. */

const NAMES = ["--chart-low", "--chart-middle", "--chart-high"];

/**
 * Red, green and blue of any colour that the style sheet may hold.
 * @param {string} colour
 */
function channels(colour) {
  const made = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (made);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

/**
 * @param {Element} element that the custom properties apply to
 * @param {string} name of one of them
 */
export function colourOf(element, name) {
  // A custom property keeps light-dark() as it was written; only as a colour is it decided.
  const probe = element.appendChild(document.createElement("span"));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * @param {Element} element
 * @returns {(position: number) => number[]} red, green, blue at -1 (low) .. 1 (high)
 */
export function readRamp(element) {
  const [low, middle, high] = NAMES.map((name) => channels(colourOf(element, name)));
  return (position) => {
    const end = position < 0 ? low : high;
    const share = Math.min(1, Math.abs(position));
    return middle.map((value, k) => Math.round(value + share * (end[k] - value)));
  };
}

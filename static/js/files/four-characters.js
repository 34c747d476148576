/**
 * The codes of four characters that name the parts of sound files: those at `at`, "" beyond the end.
 * @param {DataView} view
 * @param {number} at
 */
export function tagAt(view, at) {
  if (at + 4 > view.byteLength) {
    return "";
  }
  return String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(at + k)));
}

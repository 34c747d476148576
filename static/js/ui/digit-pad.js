/** The ten digits and the state of each in the running round. */
const keys = new Map(
  [...document.querySelectorAll("#digit-pad [data-digit]")].map((key) => [Number(key.dataset.digit), key]),
);

/** @param {number[]} digits those that the round will ask for */
export function resetPad(digits) {
  for (const [digit, key] of keys) {
    key.dataset.state = digits.includes(digit) ? "waiting" : "unused";
    key.removeAttribute("aria-current");
  }
}

/** @param {"waiting" | "current" | "sending" | "done" | "failed" | "unused"} state */
export function markDigit(digit, state) {
  const key = keys.get(digit);
  key.dataset.state = state;
  if (state === "current" || state === "sending") {
    key.setAttribute("aria-current", "step");
  } else {
    key.removeAttribute("aria-current");
  }
}

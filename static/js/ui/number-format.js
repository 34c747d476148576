/** How numbers and times are written on the page; what is not known yet is a dash. */
const UNKNOWN = "–";
const whole = new Intl.NumberFormat("en-GB");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const isKnown = (value) => typeof value === "number" && Number.isFinite(value);

export function formatCount(value) {
  return isKnown(value) ? whole.format(value) : UNKNOWN;
}

export function formatDecimal(value, decimals = 2) {
  return isKnown(value) ? value.toFixed(decimals).replace("-", "\u2212") : UNKNOWN;
}

export function formatPercent(value) {
  return isKnown(value) ? `${Math.round(value)} %` : UNKNOWN;
}

export function formatSeconds(value) {
  return isKnown(value) ? `${value.toFixed(2)} s` : UNKNOWN;
}

export function formatTime(isoText) {
  const date = new Date(isoText);
  return Number.isNaN(date.getTime()) ? UNKNOWN : clock.format(date);
}

/** The words of the pictures, in the language of now: pictures are made anew when it changes. */
import { decimal, percent, text } from "./i18n.js";

/** @param {number} bytes */
const kilobytes = (bytes) => decimal(bytes / 1000);

function timeAxis() {
  return { ago: (/** @type {number} */ seconds) => text("chart.ago", { seconds }), now: text("chart.now") };
}

/** @returns {import("./cepstrum-map.js").MapLabels} */
export function mapLabels() {
  return {
    ...timeAxis(),
    name: text("chart.map"),
    empty: text("chart.empty"),
    unusual: (deviations) => text(deviations < 0 ? "chart.less" : "chart.more"),
    frame: (ago, mfcc) => text("chart.frame", { ago: decimal(ago, 2), values: mfcc.map(Math.round).join(" ") }),
  };
}

/** @returns {import("./energy-track.js").TrackLabels} */
export function trackLabels() {
  const [level, floor, kept, dropped] = ["level", "floor", "kept", "dropped"].map((name) => text(`chart.${name}`));
  return {
    ...timeAxis(),
    name: text("chart.track"),
    ...{ level, floor, kept, dropped },
    decided: ({ type, seconds }) => text(`chart.${type}`, { seconds: decimal(seconds) }),
  };
}

/** @returns {import("./ratio-line.js").RatioLabels} */
export function ratioLabels() {
  const told = (/** @type {number} */ llr) => text("watch.ratio", { llr: decimal(llr) });
  return { ...timeAxis(), name: text("chart.ratio"), told, same: text("watch.same"), changed: text("watch.changed") };
}

/** @returns {import("./message-inspector.js").InspectorLabels} */
export function inspectorLabels() {
  return {
    nothing: text("sent.nothing"),
    json: text("sent.json"),
    request: ({ method, path }) => `${method} ${path}`,
    sizes: ({ frames, plainBytes, sentBytes, sentKbits }) =>
      text("sent.sizes", { frames, plain: kilobytes(plainBytes), sent: kilobytes(sentBytes), rate: decimal(sentKbits, 0) }),
  };
}

/** @returns {import("./det-chart.js").DetLabels} */
export function curveLabels() {
  const [falseAccepts, falseRejects, equal, tooFew] = ["accepts", "rejects", "equal", "few"].map((name) => text(`apart.${name}`));
  return {
    ...{ falseAccepts, falseRejects, equal, tooFew },
    percent: (rate) => percent(rate, 1)(),
    summary: ({ eer, own, others }) => text("apart.curve", { eer: percent(eer, 1), own, others }),
  };
}

/**
 * @param {"apart" | "limit"} of single takes on one's own model, or of attempts on everybody's
 * @returns {import("./separation-charts.js").HistogramLabels}
 */
export function histogramLabels(of) {
  const [score, share, own, others] = ["score", "share", "own", "others"].map((name) => text(`${of}.${name}`));
  return {
    ...{ score, share, own, others },
    threshold: text("scale.threshold"),
    tooFew: text("apart.few"),
    percent: (part) => percent(part)(),
    summary: ({ accepted, ...takes }) =>
      text(`${of}.summary`, { ...takes, ownAccepted: accepted.own, othersAccepted: accepted.others }),
  };
}

/**
 * Worker that cuts one recording, so that the page stays alive meanwhile. It is told
 * {channels, sampleRateHz, frontend} and tells {share} now and then, and at the end {takes} or {code}, why not.
 */
import "../../vendor/meyda.min.js"; // a module has no `this`, so the script leaves its global here
import { cutRecording } from "./cut-recording.js";
import { mixDown, peakOf } from "./samples.js";

const SILENT_PEAK = 1e-4;

function cut({ channels, sampleRateHz, frontend }) {
  const samples = mixDown(channels);
  const peak = peakOf(samples);
  if (!Number.isFinite(peak)) {
    return { code: "unreadable" };
  }
  if (peak < SILENT_PEAK) {
    return { code: "silent" };
  }
  const onProgress = (share) => self.postMessage({ share });
  const takes = cutRecording({ samples, sampleRateHz, frontend, meyda: self.Meyda, onProgress });
  return takes.length > 0 ? { takes, peak } : { code: "no-speech" };
}

self.onmessage = ({ data }) => self.postMessage(cut(data));

/** The live level: a bar from the quietest to the loudest level, a mark at the noise floor. */
import { find } from "./elements.js";

const QUIETEST_DB = 30;
const LOUDEST_DB = 110;

const meter = find("#level");

/** @param {number} levelDb as the endpointer reports it */
export function share(levelDb) {
  return Math.min(1, Math.max(0, (levelDb - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}

/** @param {{levelDb: number, floorDb: number}} level as the endpointer reports it */
export function showLevel({ levelDb, floorDb }) {
  meter.style.setProperty("--level", share(levelDb).toFixed(3));
  meter.style.setProperty("--floor", share(floorDb).toFixed(3));
  meter.setAttribute("aria-valuenow", String(Math.round(100 * share(levelDb))));
}

export function clearLevel() {
  showLevel({ levelDb: QUIETEST_DB, floorDb: QUIETEST_DB });
}

/** What stays in this browser for checks without a service: sealed profiles, and the network, which is no secret. */

/** @typedef {import("./sealed-box.js").Sealed} Sealed */
/** @typedef {{speaker: string, keptAt: string, sealed: Sealed}} KeptProfile */
/** @typedef {Uint8Array<ArrayBuffer>[]} Files */

const NAME = "cepstra";
const VERSION = 1;
const PROFILES = "profiles";
const NETWORK = "network";
const FILES = "files"; // the one key of NETWORK

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Does `work` in one transaction, all of it or nothing.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(profiles: IDBObjectStore, network: IDBObjectStore) => Promise<T>} work
 */
async function within(mode, work) {
  const opening = globalThis.indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(PROFILES, { keyPath: "speaker" });
    opening.result.createObjectStore(NETWORK);
  };
  const database = await settled(opening);
  try {
    const transaction = database.transaction([PROFILES, NETWORK], mode);
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await work(transaction.objectStore(PROFILES), transaction.objectStore(NETWORK));
    await ended;
    return result;
  } finally {
    database.close();
  }
}

/**
 * @param {KeptProfile} profile takes the place of the speaker's earlier one
 * @param {Files} files of the network and of its calibration
 */
export function keep(profile, files) {
  return within("readwrite", async (profiles, network) => {
    await settled(profiles.put(profile));
    await settled(network.put(files, FILES));
  });
}

/**
 * @param {string} speaker
 * @returns {Promise<{profile: KeptProfile | undefined, files: Files}>}
 */
export function find(speaker) {
  return within("readonly", async (profiles, network) => ({
    profile: await settled(profiles.get(speaker)),
    files: await settled(network.get(FILES)),
  }));
}

/**
 * Forgets a profile; with the last one, the network too.
 * @param {string} speaker
 * @returns {Promise<boolean>} whether there was one
 */
export function remove(speaker) {
  return within("readwrite", async (profiles, network) => {
    const wasThere = (await settled(profiles.getKey(speaker))) !== undefined;
    await settled(profiles.delete(speaker));
    if ((await settled(profiles.count())) === 0) {
      await settled(network.clear());
    }
    return wasThere;
  });
}

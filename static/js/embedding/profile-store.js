/** What stays in this browser for checks without a service: sealed profiles, and the network, which is no secret. */
import { CepstraError } from "../errors.js";

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

function opened() {
  const opening = globalThis.indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(PROFILES, { keyPath: "speaker" });
    opening.result.createObjectStore(NETWORK);
  };
  return settled(opening);
}

/**
 * Does `work` in one transaction, all of it or nothing; rejects with the CepstraError "storage-refused".
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(profiles: IDBObjectStore, network: IDBObjectStore) => Promise<T>} work
 */
async function within(mode, work) {
  /** @type {IDBDatabase | undefined} */
  let database;
  try {
    database = await opened();
    const transaction = database.transaction([PROFILES, NETWORK], mode);
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = () => reject(transaction.error);
    });
    const doing = work(transaction.objectStore(PROFILES), transaction.objectStore(NETWORK));
    const [result] = await Promise.all([doing, ended]);
    return result;
  } catch (cause) {
    throw new CepstraError("storage-refused", { cause }); // a private window, a setting, a full disk
  } finally {
    database?.close();
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

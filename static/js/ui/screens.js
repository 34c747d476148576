/** One screen at a time, named by the address's fragment, so that Back, links and reload work. */
import { find } from "./elements.js";
import { text } from "./i18n.js";

/**
 * What a screen works with.
 * @typedef {object} ScreenTools
 * @property {import("../cepstra.js").Cepstra} voice
 * @property {import("./recording-session.js").RecordingSession} session
 * @property {import("../features.js").Frontend} frontend
 */

const SCREENS = ["voice", "identify", "compare", "watch", "timeline", "data", "bench"];
/** @type {NodeListOf<HTMLAnchorElement>} */
const links = document.querySelectorAll(".screens a");

function currentScreen() {
  const name = location.hash.slice(1);
  return SCREENS.includes(name) ? name : SCREENS[0];
}

/** @param {string} name */
function show(name) {
  for (const screen of SCREENS) {
    find(`#${screen}`).hidden = screen !== name;
  }
  for (const link of links) {
    if (link.hash === `#${name}`) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
  document.title = `${text(`${name}.tab`)} · Cepstra`;
}

/** @param {(name: string) => void} onChange told when another screen is shown; its heading has the focus */
export function watchScreens(onChange) {
  show(currentScreen());
  window.addEventListener("hashchange", () => {
    if (location.hash === "#main") {
      return;
    }
    const name = currentScreen();
    show(name);
    scrollTo(0, 0);
    find(`#${name}-title`).focus({ preventScroll: true });
    onChange(name);
  });
}

/** The button that goes from the system's colours to light, dark and back; the choice stays on this device. */
import { find } from "./elements.js";
import { label } from "./words.js";

const THEMES = ["auto", "light", "dark"];
const KEY = "theme";
const button = find("#theme");

/** @param {string} theme of THEMES */
function show(theme) {
  if (theme === "auto") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  find("use", SVGUseElement, button).setAttribute("href", `#icon-${theme}`);
  label(button, `theme.${theme}`);
}

export function offerThemes() {
  let index = Math.max(0, THEMES.indexOf(localStorage.getItem(KEY) ?? ""));
  show(THEMES[index]);
  button.addEventListener("click", () => {
    index = (index + 1) % THEMES.length;
    show(THEMES[index]);
    if (THEMES[index] === "auto") {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, THEMES[index]);
    }
  });
}

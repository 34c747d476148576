/** Tabs with the keyboard behaviour of the ARIA tabs pattern: arrows, Home and End move and select. */
const tabs = [...document.querySelectorAll('[role="tab"]')];

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

function select(tab) {
  for (const other of tabs) {
    const isSelected = other === tab;
    other.setAttribute("aria-selected", String(isSelected));
    other.tabIndex = isSelected ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !isSelected;
  }
}

function target(key, current) {
  if (key === "Home") {
    return tabs[0];
  }
  if (key === "End") {
    return tabs.at(-1);
  }
  return key in STEPS ? tabs.at((tabs.indexOf(current) + STEPS[key]) % tabs.length) : null;
}

/** @param {(mode: string) => void} onChange told the tab's data-mode when another tab is selected */
export function watchTabs(onChange) {
  const change = (tab) => {
    if (tab.getAttribute("aria-selected") !== "true") {
      select(tab);
      onChange(tab.dataset.mode);
    }
  };
  for (const tab of tabs) {
    tab.addEventListener("click", () => change(tab));
    tab.addEventListener("keydown", (event) => {
      const next = target(event.key, tab);
      if (next) {
        event.preventDefault();
        next.focus();
        change(next);
      }
    });
  }
}

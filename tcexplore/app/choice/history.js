// One entry in the browser's history for each thing that the user does, whatever Streamlit writes into
// the address for it: a widget of its own replaces the entry, a page may add several.
(() => {
  if (window.tcexploreHistory) return;
  window.tcexploreHistory = true;
  const { pushState, replaceState } = History.prototype;
  let acted = false; // since the last entry
  for (const kind of ["pointerdown", "keydown"]) {
    window.addEventListener(kind, () => (acted = true), true);
  }
  window.addEventListener("popstate", () => (acted = false), true);
  history.pushState = history.replaceState = (state, unused, address) => {
    const isOther = new URL(address ?? "", document.baseURI).href !== location.href;
    const write = isOther && acted ? pushState : replaceState;
    if (isOther) acted = false;
    write.call(history, state, unused, address);
  };
})();

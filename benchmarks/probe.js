// Notes when each numbered token (`t000001 `, `t000002 `, ...) stands in the text of `root`, in milliseconds since 1970.
(root) => {
  const at = [];
  let seen = 0;
  let position = 0;
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    const text = root.textContent;
    if (position > text.length) position = 0; // what was there has been replaced by less
    for (;;) {
      const token = "t" + String(seen + 1).padStart(6, "0");
      let found = text.indexOf(token, position);
      if (found < 0 && position > 0 && text.indexOf(token) >= 0) found = text.indexOf(token); // redrawn, or something above it went
      if (found < 0) return;
      at.push(now);
      position = found;
      seen += 1;
    }
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { subtree: true, childList: true, characterData: true });
  window.__probe = { at, stop: () => observer.disconnect() };
}

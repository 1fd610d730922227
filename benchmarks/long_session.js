// From the next press of the pointer anywhere to `words` standing in the page: `window.__shown` is a promise of the milliseconds.
(words) => {
  window.__shown = new Promise((resolve) => {
    document.addEventListener("pointerdown", (event) => {
      const look = () => {
        if (!document.body.textContent.includes(words)) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - event.timeStamp)));
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      look();
    }, { capture: true, once: true });
  });
}

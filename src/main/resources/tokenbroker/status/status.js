// Replaces the live part of the page every ten seconds, unless the reader is working in it.
(() => {
  const live = () => document.getElementById('live');
  const isInUse = () => document.hidden || live().contains(document.activeElement) || !getSelection().isCollapsed;
  setInterval(async () => {
    if (isInUse()) return;
    let fresh = null;
    try {
      const answer = await fetch(location.href);
      if (answer.ok) {
        fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('live');
      }
    } catch {
      // The page says below that it is old.
    }
    document.getElementById('stale').hidden = fresh !== null;
    if (fresh !== null && !isInUse()) live().replaceWith(fresh);
  }, 10000);
})();

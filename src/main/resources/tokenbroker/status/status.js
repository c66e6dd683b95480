// Replaces the live parts of the page every ten seconds, unless the reader is working in them.
(() => {
  const parts = (page) => [...page.querySelectorAll('.live')];
  const isInUse = () =>
    document.hidden || !getSelection().isCollapsed || parts(document).some((part) => part.contains(document.activeElement));
  setInterval(async () => {
    if (isInUse()) return;
    let fresh = [];
    try {
      const answer = await fetch(location.href);
      if (answer.ok) fresh = parts(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      // The note below says that the page is old.
    }
    const old = parts(document);
    document.getElementById('stale').hidden = fresh.length === old.length;
    if (fresh.length === old.length && !isInUse()) old.forEach((part, i) => part.replaceWith(fresh[i]));
  }, 10000);
})();

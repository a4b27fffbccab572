// The list of events: whether its top is on the screen, and the zone of the clock on the wall here.
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function watchTop(element, page) {
  if (!element) return;
  const observer = new IntersectionObserver(entries => {
    if (!element.isConnected) observer.disconnect();
    else page.invokeMethodAsync('TopSeen', entries[entries.length - 1].isIntersecting).catch(() => observer.disconnect());
  });
  observer.observe(element);
}

export const toTop = () => window.scrollTo({ top: 0 });

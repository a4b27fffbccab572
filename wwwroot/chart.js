// Charts: the time axis in local time, and single values for pointer and arrow keys. The server draws the lines; values are
// read back from their paths, so that nothing is sent twice. One set of listeners for all charts of a page.
(() => {
  'use strict';
  const lang = document.documentElement.lang || 'en';
  const WIDTH = 1000, HEIGHT = 200, MINUTE = 60000, DAY = 86400000;
  const steps = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map(m => m * MINUTE).concat([1, 2, 5, 7, 14].map(d => d * DAY));

  function ticks(from, to, most) {
    const step = steps.find(s => (to - from) / s <= most);
    const at = new Date(from), found = [];
    at.setHours(0, 0, 0, 0);
    if (!step) at.setDate(1);
    const months = step ? 0 : Math.max(1, Math.ceil((to - from) / (30.4 * DAY) / most));
    for (let i = 0; at.getTime() < to && i < 2000; i++) {
      if (at.getTime() >= from) found.push(new Date(at));
      if (months) at.setMonth(at.getMonth() + months);
      else if (step >= DAY) at.setDate(at.getDate() + step / DAY);
      else at.setTime(at.getTime() + step);
    }
    const style = !step ? { month: 'short' } : step >= DAY ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
    return found.map(t => [t.getTime(), t.toLocaleString(lang, style)]);
  }

  const span = chart => [Number(chart.dataset.from), Number(chart.dataset.to)];

  function axis(chart) {
    const [from, to] = span(chart), x = chart.querySelector('.vm-chart-x');
    if (!x) return;
    x.replaceChildren(...ticks(from, to, Math.max(2, Math.floor(x.clientWidth / 64))).map(([at, said]) => {
      const label = document.createElement('span');
      label.textContent = said;
      label.style.left = `${(at - from) / (to - from) * 100}%`;
      return label;
    }).filter(l => parseFloat(l.style.left) > 2 && parseFloat(l.style.left) < 96));
  }

  const points = path => [...path.getAttribute('d').matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(m => [Number(m[1]), Number(m[2])]);
  const spread = path => [...path.previousElementSibling.getAttribute('d').matchAll(/M([\d.]+) ([\d.]+)V([\d.]+)/g)].map(m => [1, 2, 3].map(i => Number(m[i])));
  const places = chart => [...new Set([...chart.querySelectorAll('path[data-name]')].flatMap(p => points(p).map(q => q[0])))].sort((a, b) => a - b);

  function show(chart, x) {
    const [from, to] = span(chart), { least, most, unit, decimals } = chart.dataset;
    const number = y => (Number(most) - y / HEIGHT * (Number(most) - Number(least)))
      .toLocaleString(lang, { minimumFractionDigits: Number(decimals), maximumFractionDigits: Number(decimals) });
    const values = [...chart.querySelectorAll('path[data-name]')].map(path => {
      const point = points(path).find(p => p[0] === x), ends = spread(path).find(p => p[0] === x);
      const [mean, low, high] = point ? [point[1], ends && ends[2], ends && ends[1]].map(y => y === undefined ? '' : number(y)) : [];
      return point && `${path.dataset.name ? `${path.dataset.name} ` : ''}${mean} ${unit}${low !== high ? ` (${low} – ${high})` : ''}`;
    }).filter(Boolean);
    const at = new Date(from + x / WIDTH * (to - from));
    const day = to - from > 300 * DAY ? { day: 'numeric', month: 'short', year: 'numeric' } : to - from > DAY / 2 ? { day: 'numeric', month: 'short' } : {};
    const when = at.toLocaleString(lang, { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    const said = chart.querySelector('.vm-chart-said'), plot = chart.querySelector('.vm-chart-plot');
    said.textContent = `${when} · ${values.join(' · ')}`;
    chart.dataset.shown = x;
    plot.style.setProperty('--vm-cursor', `${x / WIDTH * 100}%`);
    plot.classList.add('vm-chart-pointed');
  }

  function clear(chart) {
    delete chart.dataset.shown;
    chart.querySelector('.vm-chart-said').textContent = '';
    chart.querySelector('.vm-chart-plot').classList.remove('vm-chart-pointed');
  }

  const chartOf = e => e.target.closest && e.target.closest('.vm-chart');

  document.addEventListener('pointermove', e => {
    const plot = e.target.closest && e.target.closest('.vm-chart-plot');
    if (!plot) return;
    const chart = chartOf(e), box = plot.getBoundingClientRect(), all = places(chart);
    const x = (e.clientX - box.left) / box.width * WIDTH;
    if (all.length) show(chart, all.reduce((a, b) => Math.abs(b - x) < Math.abs(a - x) ? b : a));
  });
  document.addEventListener('pointerout', e => {
    const chart = chartOf(e);
    if (chart && !(e.relatedTarget && chart.contains(e.relatedTarget)) && document.activeElement !== chart) clear(chart);
  });
  document.addEventListener('focusout', e => { if (chartOf(e)) clear(chartOf(e)); });
  document.addEventListener('keydown', e => {
    const chart = chartOf(e);
    if (!chart || e.target !== chart) return;
    const all = places(chart), here = all.indexOf(Number(chart.dataset.shown));
    const to = { ArrowLeft: here < 0 ? all.length - 1 : here - 1, ArrowRight: here < 0 ? 0 : here + 1, Home: 0, End: all.length - 1 }[e.key];
    if (e.key === 'Escape') clear(chart);
    if (to === undefined || !all.length) return;
    e.preventDefault();
    show(chart, all[Math.min(all.length - 1, Math.max(0, to))]);
  });

  const axes = within => {
    if (within.matches && within.matches('.vm-chart')) axis(within);
    if (within.querySelectorAll) within.querySelectorAll('.vm-chart').forEach(axis);
  };
  function begin() {
    new MutationObserver(changes => {
      for (const change of changes) {
        if (change.type === 'attributes') axis(change.target);
        else change.addedNodes.forEach(axes);
      }
    }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['data-to', 'data-from'] });
    addEventListener('resize', () => axes(document));
    axes(document);
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
})();

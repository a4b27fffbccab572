// Ages, countdowns and local times, the theme, and what a page without connection looks like. The server renders times as
// attributes only; what ticks, ticks here, and goes on when the connection is gone.
(() => {
  'use strict';
  const root = document.documentElement;
  const meta = document.querySelector('meta[name="server-time"]');
  let offset = meta ? Number(meta.content) - Date.now() : 0;
  const now = () => Date.now() + offset;
  const lang = root.lang || 'en';
  // The narrow German minute reads as a metre.
  const relative = new Intl.RelativeTimeFormat(lang, { style: lang === 'en' ? 'narrow' : 'short', numeric: 'always' });
  const two = n => String(n).padStart(2, '0');

  function duration(seconds) {
    const s = Math.max(0, Math.round(seconds));
    if (s < 3600) return `${Math.floor(s / 60)}:${two(s % 60)}`;
    if (s < 48 * 3600) return `${Math.floor(s / 3600)} h ${two(Math.floor(s / 60) % 60)} min`;
    return `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
  }

  function age(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 90) return relative.format(-s, 'second');
    if (s < 90 * 60) return relative.format(-Math.round(s / 60), 'minute');
    if (s < 36 * 3600) return relative.format(-Math.round(s / 3600), 'hour');
    return relative.format(-Math.round(s / 86400), 'day');
  }

  // 24 hours in every language: 02:11 at night must not read like 2:11 in the afternoon.
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
  const day = { day: 'numeric', month: 'short' };
  const full = { ...day, year: 'numeric', ...clock };

  function text(kind, at) {
    const date = new Date(at);
    switch (kind) {
      case 'age': return age((now() - at) / 1000);
      case 'since': return duration((now() - at) / 1000);
      case 'until': return duration((at - now()) / 1000);
      // Of another day, a time alone would pass for one of today.
      case 'time': return date.toLocaleString(lang, date.toDateString() === new Date(now()).toDateString() ? clock : { ...day, ...clock });
      default: return date.toLocaleString(lang, full);
    }
  }

  function draw(element) {
    if (!element.dataset.at) {
      if (element.textContent) element.textContent = '';
      if (element.title) element.title = '';
      return;
    }
    const at = Date.parse(element.dataset.at);
    if (Number.isNaN(at)) return;
    const said = text(element.dataset.clock, at);
    if (element.textContent !== said) element.textContent = said;
    const title = `${new Date(at).toLocaleString(lang, full)} · ${element.dataset.at.slice(0, 19).replace('T', ' ')} UTC`;
    if (element.title !== title) element.title = title;
  }

  // Something is stale as long as anything in it is; it stops being so with the clock that said it.
  function stale() {
    const old = new Set();
    document.querySelectorAll('[data-stale][data-at]').forEach(element => {
      if ((now() - Date.parse(element.dataset.at)) / 1000 > Number(element.dataset.stale)) old.add(element.closest('.vm-ages') || element);
    });
    document.querySelectorAll('.vm-stale').forEach(element => { if (!old.has(element)) element.classList.remove('vm-stale'); });
    old.forEach(element => { if (!element.classList.contains('vm-stale')) element.classList.add('vm-stale'); });
  }

  const drawAll = within => {
    if (within.matches && within.matches('[data-clock]')) draw(within);
    if (within.querySelectorAll) within.querySelectorAll('[data-clock]').forEach(draw);
  };

  // The wall's clock, and its shift against burn-in.
  function wall() {
    const face = document.getElementById('vm-wall-clock');
    if (face) {
      const said = new Date(now()).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
      if (face.textContent !== said) face.textContent = said;
      const under = document.getElementById('vm-wall-day');
      const date = new Date(now()).toLocaleDateString(lang, { weekday: 'long', day: 'numeric', month: 'long' });
      if (under && under.textContent !== date) under.textContent = date;
      const minute = Math.floor(now() / 60000);
      const hour = new Date(now()).getHours();
      root.classList.toggle('vm-night', hour >= 22 || hour < 6);
      root.style.setProperty('--vm-shift-x', `${(minute % 5) - 2}px`);
      root.style.setProperty('--vm-shift-y', `${(Math.floor(minute / 5) % 5) - 2}px`);
    }
  }

  // A clock that was set, and a machine that slept: what is known of the server's time may not hold any more.
  let ahead = Date.now() - performance.now();
  function jumped() {
    const is = Date.now() - performance.now();
    if (Math.abs(is - ahead) < 1000) return;
    ahead = is;
    setClock();
  }

  function second() {
    drawAll(document);
    stale();
    wall();
    jumped();
    setTimeout(second, 1000 - (now() % 1000) + 5);
  }

  // The browser's clock drifts on a display that runs for months.
  async function setClock() {
    try {
      const asked = Date.now();
      const answer = await fetch('healthz/live', { cache: 'no-store' });
      const told = Date.parse(answer.headers.get('Date'));
      const took = Date.now() - asked;
      // The header has whole seconds: only a difference beyond that says anything.
      if (!Number.isNaN(told) && took < 1000 && Math.abs(told + 500 + took / 2 - now()) > 1500) offset = told + 500 - Date.now();
    } catch { /* no connection: the banner says so */ }
  }

  function cookie(name, value) {
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
  }
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = choice => choice === 'dark' || (choice !== 'light' && system.matches);

  function rememberSystem() {
    const mark = system.matches ? '1' : '0';
    if (!document.cookie.includes(`vmpm-system-dark=${mark}`)) cookie('vmpm-system-dark', mark);
    return root.dataset.theme === 'system' && root.dataset.dark !== mark;
  }

  window.vmpm = {
    chooseTheme(choice) {
      cookie('vmpm-theme', choice);
      root.dataset.theme = choice;
      root.dataset.dark = isDark(choice) ? '1' : '0';
      return isDark(choice);
    },
    // The server's culture cookie; without one the browser's languages decide.
    language() {
      const found = document.cookie.match(/(?:^|; )\.AspNetCore\.Culture=[^;]*uic(?:=|%3D)(\w\w)/);
      return found ? found[1] : '';
    },
    speak(language) {
      if (language) cookie('.AspNetCore.Culture', `c=${language}|uic=${language}`);
      else document.cookie = '.AspNetCore.Culture=; path=/; max-age=0; samesite=lax';
      location.reload();
    },
    // The clipboard is closed to plain http from another machine: there the text is selected and copied the old way.
    async copy(id) {
      const source = document.getElementById(id);
      try {
        await navigator.clipboard.writeText(source.textContent);
        return true;
      } catch {
        getSelection().selectAllChildren(source);
        return document.execCommand('copy');
      }
    },
    // To where something was moved, or where a problem is.
    jump(id) {
      const element = document.getElementById(id);
      if (!element) return;
      element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      element.focus({ preventScroll: true });
      element.classList.remove('plan-flash');
      requestAnimationFrame(() => element.classList.add('plan-flash'));
    },
    download(name, type, content) {
      const url = URL.createObjectURL(new Blob([content], { type }));
      const link = Object.assign(document.createElement('a'), { href: url, download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    },
    now,
  };

  function offline() {
    const banner = document.getElementById('components-reconnect-modal');
    if (!banner) return;
    let reloading = 0;
    const reload = () => {
      if (reloading) return;
      reloading = setInterval(async () => {
        try {
          const answer = await fetch('healthz/live', { cache: 'no-store' });
          if (answer.ok) location.reload();
        } catch { /* still away */ }
      }, 2000);
    };
    banner.addEventListener('components-reconnect-state-changed', e => {
      const state = e.detail.state;
      const away = state !== 'hide';
      if (away && !root.classList.contains('vm-is-offline')) {
        document.getElementById('vm-offline-since').textContent = text('time', now());
      }
      banner.hidden = !away;
      root.classList.toggle('vm-is-offline', away);
      if (['failed', 'rejected', 'paused', 'resume-failed'].includes(state)) reload();
      if (!away) setClock();
    });
    // After a bug that no page caught the server has given this page up: it would go on ticking and pass for live.
    const given = document.getElementById('blazor-error-ui');
    if (given) {
      new MutationObserver(() => {
        if (given.style.display !== 'block' || reloading) return;
        document.getElementById('vm-offline-since').textContent = text('time', now());
        banner.hidden = false;
        root.classList.add('vm-is-offline');
        setTimeout(reload, 5000);
      }).observe(given, { attributes: true, attributeFilter: ['style'] });
    }
  }

  function begin() {
    // A static page cannot ask before it renders: it is loaded once more with the right ground.
    if (rememberSystem() && !document.querySelector('.vm-appbar') && !sessionStorage.getItem('vmpm-themed')) {
      sessionStorage.setItem('vmpm-themed', '1');
      if (document.querySelector('.vm-plain')) location.reload();
    }
    system.addEventListener('change', rememberSystem);
    new MutationObserver(changes => {
      for (const change of changes) {
        if (change.type === 'attributes') draw(change.target);
        else change.addedNodes.forEach(drawAll);
      }
      if (changes.some(change => change.type === 'attributes')) stale();
      const face = document.getElementById('vm-wall-clock');
      if (face && !face.textContent) wall();
    }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['data-at', 'data-clock'] });
    offline();
    second();
    // The page may have been long under way: what it says of the server's time is a first guess.
    setClock();
    setInterval(setClock, 600000);
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
})();

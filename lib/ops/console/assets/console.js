// Two small comforts; every page works without them. Live: when the server says that something came, the parts of the page that may
// change are fetched anew. Copy: a button puts a text on the clipboard.
const status = document.querySelector('[data-live-status]');
const say = (text) => {
  if (status) status.textContent = text;
};

async function renew() {
  // Of a page that nobody sees, every look would have its price.
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const fresh = next.querySelector(`[data-live="${part.dataset.live}"]`);
    // What somebody has opened stays open, and somebody who is at work in a part keeps it as it is.
    const folds = part.querySelectorAll('details');
    for (const [at, fold] of [...(fresh?.querySelectorAll('details') ?? [])].entries())
      fold.open = folds[at]?.open ?? false;
    if (!fresh || part.contains(document.activeElement) || fresh.innerHTML === part.innerHTML) continue;
    part.replaceChildren(...fresh.childNodes);
  }
  say('Live: updated just now');
}

const look = () => renew().catch(() => say('Not live: the console does not answer'));

if (document.querySelector('[data-live]') && 'EventSource' in globalThis) {
  let waiting;
  const events = new EventSource('/live');
  events.addEventListener('open', () => say('Live'));
  events.addEventListener('error', () => say('Not live: the console does not answer'));
  events.addEventListener('changed', () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 150);
  });
  document.addEventListener('visibilitychange', look);
}

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-copy]') : null;
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const before = button.textContent;
  button.textContent = 'Copied';
  setTimeout(() => {
    button.textContent = before;
  }, 1500);
});

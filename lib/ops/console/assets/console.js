// Two small comforts; every page works without them. Live: when the server says that something came, the parts of the page that may
// change are fetched anew. Copy: a button puts a text on the clipboard.
const status = document.querySelector('[data-live-status]');
const say = (text) => {
  if (status) status.textContent = text;
};

async function renew() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const fresh = next.querySelector(`[data-live="${part.dataset.live}"]`);
    // Somebody who is at work in a part keeps it as it is.
    if (!fresh || part.contains(document.activeElement) || fresh.innerHTML === part.innerHTML) continue;
    part.replaceChildren(...fresh.childNodes);
  }
  say('Live: updated just now');
}

if (document.querySelector('[data-live]') && 'EventSource' in globalThis) {
  let waiting;
  const events = new EventSource('/live');
  events.addEventListener('open', () => say('Live'));
  events.addEventListener('error', () => say('Not live: the console does not answer'));
  events.addEventListener('changed', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => renew().catch(() => say('Not live: the console does not answer')), 150);
  });
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

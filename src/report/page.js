// Filters the page and copies texts. The page is whole without it; it only
// hides and shows what is there, and makes no element out of any text.
'use strict';
(() => {
  const form = document.querySelector('form');
  const search = form.querySelector('input[type=search]');
  const boxes = [...form.querySelectorAll('input[data-severity]')];
  const standings = [...form.querySelectorAll('input[data-standing]')];
  const settled = form.querySelector('input[data-settled]');
  const shown = form.querySelector('output');
  const secrets = [...document.querySelectorAll('section[data-secret]')];

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((b) => b.checked).map((b) => b.dataset.severity));
    const standing = new Set(standings.filter((b) => b.checked).map((b) => b.dataset.standing));
    let groups = 0;
    let places = 0;
    for (const secret of secrets) {
      const title = secret.querySelector('.heading').textContent.toLowerCase();
      let here = 0;
      for (const place of secret.querySelectorAll('li[data-severity]')) {
        const text = title + ' ' + place.textContent.toLowerCase();
        const show = severities.has(place.dataset.severity)
          && (place.dataset.standing === undefined || standing.has(place.dataset.standing))
          && (place.dataset.settled === undefined || !settled || settled.checked)
          && words.every((word) => text.includes(word));
        place.hidden = !show;
        here += show ? 1 : 0;
      }
      secret.hidden = here === 0;
      groups += here > 0 ? 1 : 0;
      places += here;
      const more = secret.querySelector('details.more');
      if (more && words.length > 0) more.open = true;
    }
    shown.textContent = groups + (groups === 1 ? ' secret' : ' secrets') + ' in '
      + places + (places === 1 ? ' place' : ' places');
  };

  // A page from a file may be refused the clipboard: then the text is marked,
  // ready for the keyboard.
  const copy = async (button) => {
    const text = button.parentElement.querySelector('[data-text]');
    let copied = false;
    try {
      await navigator.clipboard.writeText(text.textContent);
      copied = true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(text);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      copied = document.execCommand('copy');
    }
    const before = button.textContent;
    button.textContent = copied ? 'copied' : 'marked';
    setTimeout(() => { button.textContent = before; }, 1500);
  };

  for (const button of document.querySelectorAll('button')) {
    button.hidden = false;
    button.addEventListener('click', () => copy(button));
  }
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = secrets.length === 0;
  filter();
})();

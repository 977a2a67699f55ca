// Shows what is new without a reload. The pages work without it: reloading does the same.

const REFRESH_MS = 2000;

async function part(address, selector) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll(selector);
}

async function refresh() {
  if (document.hidden) return;
  for (const shown of document.querySelectorAll("[data-live]")) {
    const [fresh] = (await part(location.pathname, `#${shown.id}`)) ?? [];
    if (fresh && fresh.innerHTML !== shown.innerHTML && !shown.contains(document.activeElement))
      shown.replaceChildren(...fresh.childNodes);
  }
  for (const notice of document.querySelectorAll("[data-waits-at]")) {
    const count = (await part(notice.dataset.waitsAt, "[data-question]"))?.length ?? 0;
    notice.hidden = count === 0;
    notice.textContent = count;
    notice.setAttribute("aria-label", notice.dataset.says.replace("{count}", count));
  }
}

const look = () => refresh().catch(() => {}).finally(() => setTimeout(look, REFRESH_MS));
look();

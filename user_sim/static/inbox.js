// Shows new messages without a reload. The page works without it: reloading does the same.
"use strict";

const REFRESH_MS = 2000;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("messages");
  const shown = document.getElementById("messages");
  if (fresh && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(fresh);
}

setInterval(() => refresh().catch(() => {}), REFRESH_MS);

// What second factors need beyond a form: asking the security key, and noticing that the phone has answered.
// Without it the phone's way still works, by its button; a security key cannot be asked without script.

const LOOK_MS = 1500;

const fromBase64url = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));

const toBase64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

// WebAuthn's options travel as JSON, its answers too; browsers want, and give, bytes.
function options(text) {
  const read = JSON.parse(text);
  read.challenge = fromBase64url(read.challenge);
  if (read.user) read.user.id = fromBase64url(read.user.id);
  for (const list of [read.allowCredentials, read.excludeCredentials])
    for (const each of list ?? []) each.id = fromBase64url(each.id);
  return { publicKey: read };
}

function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature"])
    if (credential.response[name]) response[name] = toBase64url(credential.response[name]);
  return JSON.stringify({ id: credential.id, rawId: credential.id, type: credential.type, response });
}

for (const form of document.querySelectorAll("[data-security-key]")) {
  const field = form.querySelector("[name=security_key]");
  const failed = form.querySelector("[data-security-key-failed]");
  form.addEventListener("submit", async (event) => {
    if (field.value || event.submitter?.value === "deny") return;
    event.preventDefault();
    failed.hidden = true;
    try {
      field.value = answer(await navigator.credentials[form.dataset.securityKey](options(form.dataset.options)));
      form.requestSubmit(event.submitter);
    } catch {
      failed.hidden = false;
    }
  });
}

for (const form of document.querySelectorAll("[data-approval]")) {
  const says = form.querySelector("[data-approval-says]");
  const look = async () => {
    const heard = await fetch(form.dataset.approval, { cache: "no-store" });
    if (!heard.ok) return;
    const { state } = await heard.json();
    if (state === "waiting") {
      setTimeout(look, LOOK_MS);
      return;
    }
    says.textContent = says.dataset[state];
    says.className = `alert ${state === "approve" ? "good" : "bad"}`;
    // What is over cannot be confirmed any more: the way on is to send it again.
    if (state !== "approve") {
      form.querySelector("button.primary").hidden = true;
      const again = document.querySelector("[data-send-again]");
      if (again) again.className = "primary";
    }
    // A payment is the user's to press; a login has nothing left to decide.
    if (state === "approve" && !form.querySelector("[name=decision]")) form.requestSubmit();
  };
  if (says) setTimeout(look, LOOK_MS);
}

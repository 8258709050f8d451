// Lets the browser's passkeys answer a form: asks the server what to sign, puts the answer in, sends it.

const to_bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const to_text = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function read(options) {
  const keys = (list) => (list ?? []).map((key) => ({ ...key, id: to_bytes(key.id) }));
  const asked = { ...options, challenge: to_bytes(options.challenge) };
  if (options.user) asked.user = { ...options.user, id: to_bytes(options.user.id) };
  if (options.excludeCredentials) asked.excludeCredentials = keys(options.excludeCredentials);
  if (options.allowCredentials) asked.allowCredentials = keys(options.allowCredentials);
  return { publicKey: asked };
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = to_text(credential.response[name]);
  const { id, type, authenticatorAttachment } = credential;
  return JSON.stringify({ id, rawId: to_text(credential.rawId), type, authenticatorAttachment, response });
}

async function answer(form) {
  const body = new URLSearchParams({ _csrf_token: form.elements._csrf_token.value });
  const told = await fetch(form.dataset.keyOptions, { method: "POST", body });
  // a sign-in that has ended leads elsewhere: the page itself then follows
  if (!told.ok || told.redirected) return location.reload();
  const credential = await navigator.credentials[form.dataset.key](read(await told.json()));
  form.elements.answer.value = written(credential);
  form.submit();
}

function failed(form, button) {
  form.querySelector("[data-key-failed]").hidden = false;
  delete form.dataset.busy;
  for (const name of ["aria-disabled", "data-held"]) button?.removeAttribute(name);
}

for (const form of document.querySelectorAll("form[data-key]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.parentElement.querySelector("[data-key-none]").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.querySelector("[data-key-failed]").hidden = true;
    answer(form).catch(() => failed(form, event.submitter));
  });
}

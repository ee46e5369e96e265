// Asks the browser for a passkey, and sends what it says with the form: docs/oauth.md, "passkeys".
"use strict";
const form = document.getElementById("passkey");
const options = JSON.parse(form.dataset.options);

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const written = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (each) => ({...each, id: bytes(each.id)});

async function made() {
  const found = await navigator.credentials.create({publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    user: {...options.user, id: bytes(options.user.id)},
    excludeCredentials: (options.excludeCredentials || []).map(named),
  }});
  return {
    id: found.id, rawId: written(found.rawId), type: found.type,
    response: {
      clientDataJSON: written(found.response.clientDataJSON),
      attestationObject: written(found.response.attestationObject),
    },
  };
}

async function signed() {
  const found = await navigator.credentials.get({publicKey: {...options, challenge: bytes(options.challenge)}});
  return {
    id: found.id, rawId: written(found.rawId), type: found.type,
    response: {
      clientDataJSON: written(found.response.clientDataJSON),
      authenticatorData: written(found.response.authenticatorData),
      signature: written(found.response.signature),
      userHandle: found.response.userHandle && written(found.response.userHandle),
    },
  };
}

async function ask() {
  const button = document.getElementById("ask"), failed = document.getElementById("failed");
  button.disabled = true;
  failed.hidden = true;
  try {
    form.elements.said.value = JSON.stringify(options.user ? await made() : await signed());
    form.submit();
  } catch {
    failed.hidden = false;
    button.disabled = false;
    button.focus();
  }
}

if (window.PublicKeyCredential) {
  document.getElementById("unable").hidden = true;
  document.getElementById("ask").hidden = false;
  document.getElementById("ask").addEventListener("click", ask);
  ask();
}

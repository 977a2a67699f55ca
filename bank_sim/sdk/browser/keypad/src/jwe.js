// A sealed value of the bank's wire: a JWE compact string, bound by its header to application, interface and keypad.
// The suite does the mathematics; this file must not choose an algorithm.

import { base64url, utf8 } from "./bytes.js";

// Longer than any entry, so that the length of what is sealed does not tell how much was typed.
const PLAINTEXT_BYTES = 384;

// `suite`: {names, encrypt(recipient, plaintext, header => aad)}. `context`: {app_id, api_id, nonce}.
export async function seal(suite, recipient, context, fields) {
  const { alg, enc } = suite;
  const plaintext = utf8(JSON.stringify(fields).padEnd(PLAINTEXT_BYTES));
  const agreed = await suite.agree(recipient);
  const header = { alg, enc, kid: recipient.kid, ...agreed.header, ...context, dir: "request" };
  const headerText = base64url(utf8(JSON.stringify(header)));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const { ciphertext, tag } = await agreed.encrypt(iv, utf8(headerText), plaintext);
  plaintext.fill(0);
  return [headerText, ...[agreed.encryptedKey, iv, ciphertext, tag].map(base64url)].join(".");
}

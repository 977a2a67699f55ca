// The suite intl: a key agreed on by ECDH-ES on P-256 (RFC 7518 section 4.6), content under AES-256-GCM. WebCrypto only.

import { utf8 } from "./bytes.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const TAG_BYTES = 16;

export const intl = {
  alg: "ECDH-ES",
  enc: "A256GCM",
  async agree(recipient) {
    const { kty, crv, x, y } = recipient;
    const theirs = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, CURVE, false, []);
    const ours = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
    const exported = await crypto.subtle.exportKey("jwk", ours.publicKey);
    const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
    const key = await crypto.subtle.importKey("raw", await derived(shared), "AES-GCM", false, ["encrypt"]);
    return {
      header: { epk: { kty: "EC", crv: "P-256", x: exported.x, y: exported.y } },
      encryptedKey: new Uint8Array(),
      async encrypt(iv, additionalData, plaintext) {
        const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plaintext);
        const bytes = new Uint8Array(sealed);
        return { ciphertext: bytes.slice(0, -TAG_BYTES), tag: bytes.slice(-TAG_BYTES) };
      },
    };
  },
};

// Concat KDF, one round of SHA-256 (RFC 7518 section 4.6.2), for A256GCM without party information.
async function derived(shared) {
  const algorithm = utf8(intl.enc);
  const blocks = [number(1), new Uint8Array(shared), number(algorithm.length), algorithm, number(0), number(0), number(256)];
  return crypto.subtle.digest("SHA-256", await new Blob(blocks).arrayBuffer());
}

function number(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

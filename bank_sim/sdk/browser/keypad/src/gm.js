// The suite gm: a random SM4 key, wrapped with SM2 (GM/T 0009 DER, C1C3C2); content under SM4-GCM (RFC 8998).

import { sm2, sm4 } from "sm-crypto-v2";
import { fromBase64url, fromHex, hex } from "./bytes.js";

const C1C3C2 = 1;

export const gm = {
  alg: "SM2",
  enc: "SM4-GCM",
  async agree(recipient) {
    const key = crypto.getRandomValues(new Uint8Array(16));
    const point = "04" + hex(fromBase64url(recipient.x)) + hex(fromBase64url(recipient.y));
    return {
      header: {},
      encryptedKey: fromHex(sm2.doEncrypt(key, point, C1C3C2, { asn1: true })),
      async encrypt(iv, associatedData, plaintext) {
        const mode = { mode: "gcm", iv: hex(iv), associatedData, output: "array", outputTag: true };
        const { output, tag } = sm4.encrypt(plaintext, hex(key), mode);
        key.fill(0);
        return { ciphertext: Uint8Array.from(output), tag: Uint8Array.from(tag) };
      },
    };
  },
};

// Runs one operation of the npm package sm-crypto-v2. Standard input and output: one JSON object each.
const { sm2, sm3, sm4 } = require("sm-crypto-v2");
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));
// `hash` must be asked for: it makes the library sign SM3(ZA || M) instead of M itself.
const signing = { der: true, hash: true, userId: "1234567812345678" };
const C1C3C2 = 1;

const operations = {
  keypair: () => sm2.generateKeyPairHex(),
  sign: ({ key, messages }) => messages.map((each) => sm2.doSignature(bytes(each), key, signing)),
  verify: ({ key, message, signature }) => sm2.doVerifySignature(bytes(message), signature, key, signing),
  encrypt: ({ key, plaintexts }) => plaintexts.map((each) => sm2.doEncrypt(bytes(each), key, C1C3C2, { asn1: true })),
  encryptRaw: ({ key, plaintext }) => "04" + sm2.doEncrypt(bytes(plaintext), key, C1C3C2),
  decrypt: ({ key, ciphertext }) => hex(sm2.doDecrypt(ciphertext, key, C1C3C2, { asn1: true, output: "array" })),
  hash: ({ message }) => sm3(bytes(message)),
  mac: ({ key, message }) => sm3(bytes(message), { key, mode: "hmac" }),
  sm4gcmEncrypt: ({ key, iv, aad, plaintext }) => {
    const sealed = sm4.encrypt(bytes(plaintext), key, {
      mode: "gcm", iv, associatedData: bytes(aad), output: "array", outputTag: true,
    });
    return { ciphertext: hex(sealed.output), tag: hex(sealed.tag) };
  },
  sm4gcmDecrypt: ({ key, iv, aad, ciphertext, tag }) =>
    hex(sm4.decrypt(bytes(ciphertext), key, { mode: "gcm", iv, associatedData: bytes(aad), tag, output: "array" })),
};

const request = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify({ result: operations[request.operation](request) }));

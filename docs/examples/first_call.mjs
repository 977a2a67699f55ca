#!/usr/bin/env node
// A first signed call from Node, without packages: level A1, HMAC with App_Secret, the answer verified.
// It knows docs/wire.md and nothing of the sandbox's code.
//
//   bank-sandbox app register reader --suite intl --json > reader.json
//   node first_call.mjs reader.json
//
// A second argument "gm" goes with an application of that suite: HMAC-SM3 instead of HMAC-SHA256.

import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:https";

const [file, suite = "intl"] = process.argv.slice(2);
if (!file || !["intl", "gm"].includes(suite)) {
  console.error("usage: node first_call.mjs CREDENTIALS.json [intl|gm]");
  process.exit(2);
}
const HASH = { intl: "sha256", gm: "sm3" }[suite];
const DIGEST = { intl: "sha-256", gm: "sm3" }[suite];
const WINDOW_S = 300;

const issued = JSON.parse(readFileSync(file, "utf8"));
const gateway = new URL(issued.gateway_url);
const keyid = `${issued.app_id}.secret`;

// The text of App_Secret is the key; it is not decoded.
const mac = (text) => createHmac(HASH, issued.app_secret).update(text).digest();

// RFC 9421 section 2.5: a line for each component, closed by the parameters as Signature-Input has them.
const signatureBase = (components, params) =>
  [...components, ['"@signature-params"', params]].map(([name, value]) => `${name}: ${value}`).join("\n");

function sign(method, target, headers) {
  const [path, query] = target.split("?");
  const components = [
    ['"@method"', method],
    ['"@authority"', gateway.host],
    ['"@path"', path],
    ...(query ? [['"@query"', `?${query}`]] : []),
    ...Object.entries(headers).map(([name, value]) => [`"${name}"`, value]),
  ];
  const covered = components.map(([name]) => name).join(" ");
  const created = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(18).toString("base64url");
  const params = `(${covered});created=${created};nonce="${nonce}";keyid="${keyid}"`;
  const signature = mac(signatureBase(components, params)).toString("base64");
  return { "signature-input": `sig1=${params}`, signature: `sig1=:${signature}:` };
}

function verify(answer, body, sent) {
  const { signature, "signature-input": input } = answer.headers;
  if (!signature || !input) throw new Error("the answer is not signed");
  const params = input.slice(input.indexOf("=") + 1);
  const components = [
    ['"@status"', answer.statusCode],
    ['"content-digest"', answer.headers["content-digest"]],
    ['"signature";req;key="sig1"', sent.signature.slice("sig1=".length)],
  ];
  const covered = components.map(([name]) => name).join(" ");
  if (!params.startsWith(`(${covered});`)) throw new Error(`the answer covers something else: ${params}`);
  if (!params.endsWith(`;keyid="${keyid}"`)) throw new Error("the answer names another key");
  const age = Math.round(Date.now() / 1000 - Number(params.match(/;created=(\d+);/)?.[1]));
  if (!(Math.abs(age) <= WINDOW_S)) {
    throw new Error(`the answer was signed ${age} s ago; was the sandbox's clock moved?`);
  }
  const received = Buffer.from(signature.split(":")[1] ?? "", "base64");
  const expected = mac(signatureBase(components, params));
  if (received.length !== expected.length || !timingSafeEqual(received, expected)) {
    throw new Error("the answer's signature does not hold");
  }
  const digest = `${DIGEST}=:${createHash(HASH).update(body).digest("base64")}:`;
  if (answer.headers["content-digest"] !== digest) throw new Error("the body is not the one that was signed");
}

async function get(target) {
  const headers = { "x-api-version": "1" };
  const sent = sign("GET", target, headers);
  const options = { ca: readFileSync(issued.ca_certificate), headers: { ...headers, ...sent } };
  const answer = await new Promise((resolve, reject) => {
    request(new URL(target, gateway), options, resolve).on("error", reject).end();
  });
  const body = Buffer.concat(await answer.toArray());
  try {
    verify(answer, body, sent);
    if (answer.statusCode !== 200) throw new Error("the bank refuses");
  } catch (error) {
    // Whoever cannot verify a refusal may still read it, as a hint at what is wrong on this side.
    if (answer.statusCode !== 200) error.message += `: ${answer.statusCode} ${body}`;
    throw error;
  }
  return JSON.parse(body);
}

try {
  const products = await get("/api/products?category=wealth");
  console.log("A1 by HMAC:", products.items.map((product) => product.name).join(", "));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

// Bundles the keypad for browsers into ../built: a script for each suite, its style sheet, the licences of what is inside.
// It writes into that folder only, and nothing in it depends on the machine or the day.

import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const BUILT = new URL("../built/", import.meta.url);
const MODULES = new URL("node_modules/", import.meta.url);
const BUNDLED = ["sm-crypto-v2", "@noble/curves", "@noble/hashes", "@noble/ciphers"];

await rm(BUILT, { recursive: true, force: true });
await mkdir(BUILT, { recursive: true });
await build({
  entryPoints: ["src/keypad-gm.js", "src/keypad-intl.js"],
  outdir: BUILT.pathname,
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  banner: { js: "/* Licences of what is bundled here: licences.txt beside this file. */" },
});
await cp("src/keypad.css", new URL("keypad.css", BUILT));
await cp("src/without-script.css", new URL("without-script.css", BUILT));
await writeFile(new URL("licences.txt", BUILT), (await Promise.all(BUNDLED.map(licence))).join("\n\n"));

async function licence(name) {
  const folder = new URL(`${name}/`, MODULES);
  const { version } = JSON.parse(await readFile(new URL("package.json", folder), "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name} comes without a licence`);
  return `${name} ${version}\n${"=".repeat(40)}\n${await readFile(new URL(file, folder), "utf8")}`;
}

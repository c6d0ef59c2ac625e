// Parses every diagram of a folder with the real parsers of several Mermaid versions and compares what they understood
// with what was written.
//
//   node parse.mjs FOLDER
//
// FOLDER holds diagrams as *.mmd. Beside a diagram, *.json may say what has to be found in it:
// {"entities": 3, "attributes": 7, "relations": 2}. Prints one line for every failure and a summary a version; exits
// with 1 when anything failed. Nothing is drawn, so no browser is needed.

import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const VERSIONS = ["mermaid-10", "mermaid-11", "mermaid-12"];
const require = createRequire(import.meta.url);

/** Mermaid cleans titles through DOMPurify, which is inert without a browser: let text pass unchanged. */
async function disarmSanitizer(packageFolder) {
  const resolve = createRequire(path.join(packageFolder, "package.json")).resolve;
  const folder = path.dirname(resolve("dompurify"));
  const file = fs.readdirSync(folder).includes("purify.es.mjs") ? "purify.es.mjs" : "purify.es.js";
  const { default: purify } = await import(pathToFileURL(path.join(folder, file)));
  purify.sanitize ??= (text) => text;
  purify.addHook ??= () => {};
}

async function load(version) {
  const folder = path.join(import.meta.dirname, "node_modules", version);
  await disarmSanitizer(folder);
  const main = path.join(folder, "dist", "mermaid.core.mjs");
  const { default: mermaid } = await import(pathToFileURL(main));
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict", logLevel: 5 });
  const name = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")).version;
  return { mermaid, name };
}

async function understood(mermaid, text) {
  const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
  const database = diagram.db ?? diagram.getParser().yy;
  const found = database.getEntities();
  const entities = found instanceof Map ? [...found.values()] : Object.values(found);
  return {
    entities: entities.length,
    attributes: entities.reduce((sum, entity) => sum + entity.attributes.length, 0),
    relations: database.getRelationships().length,
  };
}

async function check(mermaid, file) {
  const text = fs.readFileSync(file, "utf8");
  try {
    if ((await mermaid.parse(text)) === false) return "does not parse";
    const wanted = file.replace(/\.mmd$/, ".json");
    if (!fs.existsSync(wanted)) return null;
    const seen = JSON.stringify(await understood(mermaid, text));
    const due = JSON.stringify(JSON.parse(fs.readFileSync(wanted, "utf8")));
    return seen === due ? null : `found ${seen} instead of ${due}`;
  } catch (error) {
    return String(error?.message ?? error).split("\n").slice(0, 4).join(" | ");
  }
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node parse.mjs FOLDER");
  process.exit(2);
}
const files = fs.readdirSync(folder).filter((file) => file.endsWith(".mmd")).sort();
let failures = 0;
for (const version of VERSIONS) {
  const { mermaid, name } = await load(version);
  let passed = 0;
  for (const file of files) {
    const failure = await check(mermaid, path.join(folder, file));
    if (failure === null) {
      passed += 1;
    } else {
      failures += 1;
      console.log(`${name} ${file}: ${failure}`);
    }
  }
  console.log(`mermaid ${name}: ${passed} of ${files.length} diagrams understood`);
}
process.exit(failures === 0 ? 0 : 1);

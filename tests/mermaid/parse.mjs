// Parses every diagram of a folder with the real parsers of several Mermaid versions and compares what they understood
// with what was written.
//
//   node parse.mjs PACKAGES FOLDER
//
// PACKAGES is the `node_modules` that `npm ci` makes from package.json. FOLDER holds diagrams as *.mmd. Beside a diagram,
// *.json may say what has to be found in it: {"entities": 3, "attributes": 7, "relations": 2}. Prints one line for every
// failure and a summary a version; exits with 1 when anything failed. Nothing is drawn, so no browser is needed.

import fs from "node:fs";
import path from "node:path";
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

const VERSIONS = ["mermaid-9", "mermaid-10", "mermaid-11", "mermaid-12"];

/** Mermaid cleans titles through DOMPurify, which is inert without a browser: let text pass unchanged. */
async function disarmSanitizer(packageFolder) {
  const resolve = createRequire(path.join(packageFolder, "package.json")).resolve;
  const folder = path.dirname(resolve("dompurify"));
  const file = fs.readdirSync(folder).includes("purify.es.mjs") ? "purify.es.mjs" : "purify.es.js";
  const { default: purify } = await import(pathToFileURL(path.join(folder, file)));
  purify.sanitize ??= (text) => text;
  purify.addHook ??= () => {};
}

/** Mermaid 9 keeps to itself what turns text into a diagram: the modules of its core get one more export. */
function openCore() {
  const hook = `export async function load(url, context, next) {
    const loaded = await next(url, context);
    const isCore = /\\/mermaid-9\\/dist\\/mermaid-[0-9a-f]+\\.js$/.test(url);
    return isCore ? { ...loaded, source: loaded.source + "\\nexport { getDiagramFromText };" } : loaded;
  }`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

/** What turns text into a diagram, in this version. */
async function reader(mermaid, folder) {
  if (mermaid.mermaidAPI.getDiagramFromText !== undefined) return mermaid.mermaidAPI.getDiagramFromText;
  const dist = path.join(folder, "dist");
  const core = /from "(\.\/mermaid-[0-9a-f]+\.js)"/.exec(fs.readFileSync(path.join(dist, "mermaid.core.mjs"), "utf8"));
  const { getDiagramFromText } = await import(pathToFileURL(path.join(dist, core[1])));
  return getDiagramFromText;
}

async function load(packages, version) {
  const folder = path.join(path.resolve(packages), version);
  await disarmSanitizer(folder);
  const main = path.join(folder, "dist", "mermaid.core.mjs");
  const { default: mermaid } = await import(pathToFileURL(main));
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict", logLevel: 5 });
  const name = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")).version;
  return { mermaid, read: await reader(mermaid, folder), name };
}

async function understood(read, text) {
  const diagram = await read(text);
  const database = diagram.db ?? diagram.getParser().yy;
  const found = database.getEntities();
  const entities = found instanceof Map ? [...found.values()] : Object.values(found);
  return {
    entities: entities.length,
    attributes: entities.reduce((sum, entity) => sum + entity.attributes.length, 0),
    relations: database.getRelationships().length,
  };
}

async function check({ mermaid, read }, file) {
  const text = fs.readFileSync(file, "utf8");
  try {
    if ((await mermaid.parse(text)) === false) return "does not parse";
    const wanted = file.replace(/\.mmd$/, ".json");
    if (!fs.existsSync(wanted)) return null;
    const seen = await understood(read, text);
    const due = JSON.parse(fs.readFileSync(wanted, "utf8"));
    const wrong = Object.keys(due).filter((kind) => seen[kind] !== due[kind]);
    return wrong.length === 0 ? null : wrong.map((kind) => `${seen[kind]} ${kind} instead of ${due[kind]}`).join(", ");
  } catch (error) {
    return String(error?.message ?? error).split("\n").slice(0, 4).join(" | ");
  }
}

openCore();
const [packages, folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node parse.mjs PACKAGES FOLDER");
  process.exit(2);
}
const files = fs.readdirSync(folder).filter((file) => file.endsWith(".mmd")).sort();
let failures = 0;
for (const version of VERSIONS) {
  const parser = await load(packages, version);
  let passed = 0;
  for (const file of files) {
    const failure = await check(parser, path.join(folder, file));
    if (failure === null) {
      passed += 1;
    } else {
      failures += 1;
      console.log(`${parser.name} ${file}: ${failure}`);
    }
  }
  console.log(`mermaid ${parser.name}: ${passed} of ${files.length} diagrams understood`);
}
process.exit(failures === 0 ? 0 : 1);

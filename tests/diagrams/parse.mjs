// Parses every diagram of a folder with the real parsers of its language and compares what they understood with what the
// model holds.
//
//   node parse.mjs PACKAGES FOLDER
//
// PACKAGES is the `node_modules` that `npm ci` makes from package.json. FOLDER holds diagrams as *.mmd (Mermaid, several
// versions), *.dbml and *.dot. Beside each, *.json says what has to be found in it:
//   {"entities": [{"name": "orders", "attributes": ["id", "customer_id"]}],
//    "relations": [["customers", "orders", "customer_id"]]}      parent, child, label
// Prints one line for every failure and a summary a parser; exits with 1 when anything failed. No browser is needed.

import fs from "node:fs";
import path from "node:path";
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

const MERMAID = ["mermaid-9", "mermaid-10", "mermaid-11-4", "mermaid-11-6", "mermaid-11", "mermaid-12"];

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

async function mermaid(packages, version) {
  const folder = path.join(packages, version);
  await disarmSanitizer(folder);
  const main = path.join(folder, "dist", "mermaid.core.mjs");
  const { default: mermaid } = await import(pathToFileURL(main));
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict", logLevel: 5 });
  const name = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")).version;
  const read = await reader(mermaid, folder);
  return {
    name: `mermaid ${name}`,
    kind: "mmd",
    async understood(text) {
      if ((await mermaid.parse(text)) === false) throw new Error("does not parse");
      const diagram = await read(text);
      return entitiesAndRelations(diagram.db ?? diagram.getParser().yy);
    },
  };
}

/** What Mermaid's entity codes stand for, as written and as it keeps them until it has drawn. */
function decoded(text) {
  return text.replace(/(?:#|ﬂ°°)(\d+)(?:;|¶ß)/g, (_, code) => String.fromCodePoint(Number(code)));
}

/** What Mermaid's own database of a diagram holds. */
function entitiesAndRelations(database) {
  const found = database.getEntities();
  const entities = found instanceof Map ? [...found] : Object.entries(found);
  // From 11.5 on relations speak of entities by numbers of their own.
  const names = new Map(entities.map(([name, entity]) => [entity.id ?? name, decoded(name)]));
  const attribute = (it) => decoded((it.comment ?? it.attributeComment) || (it.name ?? it.attributeName));
  return {
    entities: entities.map(([name, entity]) => ({ name: decoded(name), attributes: entity.attributes.map(attribute) })),
    relations: database
      .getRelationships()
      .map((relation) => [names.get(relation.entityA), names.get(relation.entityB), decoded(relation.roleA)]),
  };
}

/** The parser of those who made DBML. */
function dbml(packages) {
  const { Parser } = createRequire(path.join(packages, "x.js"))("@dbml/core");
  return {
    name: "@dbml/core",
    kind: "dbml",
    async understood(text) {
      const { schemas } = new Parser().parse(text, "dbmlv2");
      const tables = schemas.flatMap((schema) => schema.tables);
      const ends = schemas.flatMap((schema) => schema.refs).map((reference) => {
        const [child, parent] = reference.endpoints[0].relation === "*" ? reference.endpoints : reference.endpoints.toReversed();
        return [parent.tableName, child.tableName, child.fieldNames.join(", ")];
      });
      return {
        entities: tables.map(({ name, fields }) => ({ name, attributes: fields.map((field) => field.name) })),
        relations: ends,
      };
    },
  };
}

/** Graphviz itself. What it draws is what it understood. */
async function graphviz(packages) {
  const require = createRequire(path.join(packages, "x.js"));
  const { Graphviz } = await import(pathToFileURL(require.resolve("@hpcc-js/wasm-graphviz")));
  const program = await Graphviz.load();
  return {
    name: `Graphviz ${program.version()}`,
    kind: "dot",
    async understood(text) {
      const { objects, edges = [] } = JSON.parse(program.layout(text, "json", "dot"));
      const drawn = (object) => (object._ldraw_ ?? []).filter(({ op }) => op === "T").map((piece) => piece.text.replaceAll("\\\\", "\\"));
      const tables = objects.filter(({ name }) => !name.startsWith("cluster_"));
      const names = new Map(tables.map((table) => [table._gvid, drawn(table)[0]]));
      // Names and types take turns.
      const columns = (table) => drawn(table).slice(1).filter((_, place) => place % 2 === 0);
      return {
        entities: tables.map((table) => ({ name: names.get(table._gvid), attributes: columns(table) })),
        relations: edges.map(({ tail, head, tooltip = "" }) => [names.get(head), names.get(tail), unescaped(tooltip)]),
      };
    },
  };
}

/** An attribute as Graphviz shows it: it keeps escapes and references until then. */
function unescaped(text) {
  return text.replaceAll("\\\\", "\\").replaceAll("&amp;", "&");
}

/** A name without what the eye does not see. */
function plain(kind, text) {
  let seen = text.normalize("NFC").replace(/[\p{C}\p{Z}\ufffd]/gu, "").normalize("NFC");
  if (kind === "mmd") seen = seen.replace(/^_+$/, "");
  return seen === "(empty)" ? "" : seen;
}

/** The first difference between what is due and what was found, as words. A found text may be cut short by `…`. */
function difference(kind, due, found) {
  const fits = (wanted, seen) =>
    plain(kind, wanted) === plain(kind, seen) ||
    (seen.endsWith("…") && plain(kind, wanted).startsWith(plain(kind, seen.slice(0, -1))));
  const numbered = (seen) => seen.replace(/(^| )\(\d+\)$/, "");
  const named = (wanted, seen) => fits(wanted, seen) || fits(wanted, numbered(seen));
  const attributes = (wanted, seen) =>
    wanted.length === seen.length && wanted.every((name, place) => named(name, seen[place]));
  const entity = (wanted, seen) => named(wanted.name, seen.name) && attributes(wanted.attributes, seen.attributes);
  const relation = (wanted, seen) => named(wanted[0], seen[0]) && named(wanted[1], seen[1]) && fits(wanted[2], seen[2]);
  for (const [what, same] of [["entities", entity], ["relations", relation]]) {
    const left = [...found[what]];
    for (const wanted of due[what]) {
      const place = left.findIndex((seen) => same(wanted, seen));
      if (place < 0) return `no ${JSON.stringify(wanted)} among ${what}: ${JSON.stringify(left)}`;
      left.splice(place, 1);
    }
    if (left.length > 0) return `unexpected ${what}: ${JSON.stringify(left)}`;
  }
  return null;
}

async function check(parser, file) {
  try {
    const due = JSON.parse(fs.readFileSync(file.replace(/\.\w+$/, ".json"), "utf8"));
    return difference(parser.kind, due, await parser.understood(fs.readFileSync(file, "utf8")));
  } catch (error) {
    const words = error?.diags?.map((diagnosis) => diagnosis.message).join(" | ") ?? error?.message ?? error;
    return String(words).split("\n").slice(0, 4).join(" | ");
  }
}

openCore();
const [packages, folder] = process.argv.slice(2).map((argument) => path.resolve(argument));
if (folder === undefined) {
  console.error("usage: node parse.mjs PACKAGES FOLDER");
  process.exit(2);
}
const parsers = [() => dbml(packages), () => graphviz(packages), ...MERMAID.map((version) => () => mermaid(packages, version))];
let failures = 0;
for (const load of parsers) {
  const parser = await load();
  const files = fs.readdirSync(folder).filter((file) => file.endsWith(`.${parser.kind}`)).sort();
  let passed = 0;
  for (const file of files) {
    const failure = await check(parser, path.join(folder, file));
    if (failure === null) {
      passed += 1;
    } else {
      failures += 1;
      console.log(`${parser.name} ${file}: ${failure}`.slice(0, 2000));
    }
  }
  console.log(`${parser.name}: ${passed} of ${files.length} diagrams understood`);
}
process.exit(failures === 0 ? 0 : 1);

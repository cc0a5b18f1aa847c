// The forms of a package against their published schemas (scenario 92):
//
//   node forms.mjs rsmf SCHEMA MANIFEST…      RSMF's JSON schema, by ajv
//   node forms.mjs case FOLDER FILE…          CASE/UCO's SHACL shapes in the folder, by shacl-engine
//
// Prints what is wrong and ends with 1 then.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SH = "http://www.w3.org/ns/shacl#";
const SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf";
const [what, against, ...files] = process.argv.slice(2);
const text = (file) => readFileSync(file, "utf8");

// A way to say of a file what is wrong with it.
async function rsmf() {
  const { default: Ajv } = await import("ajv");
  const { default: formats } = await import("ajv-formats");
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  ajv.addFormat("idn-email", /^[^@\s]+@[^@\s]+$/u);
  const validate = ajv.compile(JSON.parse(text(against)));
  return (file) =>
    validate(JSON.parse(text(file))) ? [] : validate.errors.map((e) => `${e.instancePath} ${e.message}`);
}

// Left out: the ontologies' imports, OWL's own shapes, and constraints in SPARQL, which take minutes. The
// engine takes what is outside of the first plane of Unicode for no xsd:string: it gets U+FFFD.
async function shapes() {
  const { DataFactory, Parser, Store } = await import("n3");
  const { Validator } = await import("shacl-engine");
  const { default: jsonld } = await import("jsonld");
  const known = new Store();
  const left = (q) => q.predicate.value.endsWith("#imports") || q.predicate.value === `${SH}sparql`;
  for (const name of readdirSync(against).filter((n) => n.endsWith(".ttl") && n !== "uco-owl.ttl"))
    for (const q of new Parser({ blankNodePrefix: name.replace(/\W/g, "") }).parse(text(join(against, name))))
      if (!left(q)) known.addQuad(q);
  const factory = { ...DataFactory, dataset: (quads) => new Store(quads) };
  const validator = new Validator(known, { factory });
  return async (file) => {
    const graph = JSON.parse(text(file).replace(/[\u{10000}-\u{10ffff}]/gu, "\ufffd"));
    const quads = await jsonld.toRDF(graph, { format: "application/n-quads" });
    const data = new Store(new Parser({ format: "N-Quads" }).parse(quads));
    if (data.size < 100) return ["there is next to nothing in it"];
    for (const q of known.match(null, DataFactory.namedNode(SUBCLASS))) data.addQuad(q);
    const { results } = await validator.validate({ dataset: data });
    return results.map((r) => `${r.focusNode?.value} ${r.message?.map((m) => m.value).join("; ")}`);
  };
}

const wrongOf = await (what === "rsmf" ? rsmf() : shapes());
for (const file of files) {
  const wrong = await wrongOf(file);
  for (const line of wrong) console.log(`${file}: ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
}

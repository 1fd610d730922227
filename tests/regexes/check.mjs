// Reads `{root, scripts, patterns}` from standard input: the patterns of Python, and where the TypeScript is. Checks all with
// recheck and writes what was found. What `allowed.json` names is left out; what it names and nothing needs is an error, too.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(here, "../../opencode_widget/frontend/package.json"));
/** First a search by chance, whose choices are the same in each run and which does not depend on the machine. */
const SEARCH = {
  checker: "fuzz",
  randomSeed: 1,
  timeout: 60_000,
  maxIteration: 3,
  maxGenerationSize: 40,
  maxSeedSize: 20,
  incubationLimit: 5_000,
  attackLimit: 10_000_000,
  recallLimit: 0,
  seedingLimit: 500,
  mutationSize: 10,
  crossoverSize: 10,
};
/** An attack of so many characters that takes more than so many milliseconds is one. What is linear takes a few. */
const LONGEST = 200_000;
const SLOW = 100;
/** Then a proof, where there is one within so many milliseconds. */
const PROOF = { checker: "auto", randomSeed: 1, timeout: 1_000 };

if (isMainThread) await main();
else serve();

/** A worker: checks what it is sent. */
function serve() {
  const { checkSync } = require("recheck/lib/browser.js");
  parentPort.on("message", ({ source, flags }) => {
    const found = [SEARCH, PROOF].map((effort) => checkSync(source, flags, effort));
    parentPort.postMessage(found.map((each) => confirmed(source, flags, each)).find(Boolean) ?? {});
  });
}

/** An attack that takes V8 long, too: the checker's own engine counts steps that V8 does not take. */
function confirmed(source, flags, { status, attack, complexity }) {
  if (status !== "vulnerable") return undefined;
  if (complexity.type === "exponential") return { complexity: complexity.summary, attack: attack.pattern };
  const regex = new RegExp(source, flags);
  for (let length = 100; length <= LONGEST; length *= 1.5) {
    const text = attackOf(attack, length);
    const start = threadTime();
    regex.lastIndex = 0;
    regex.test(text);
    const spent = threadTime() - start;
    if (spent > SLOW) return { complexity: complexity.summary, attack: attack.pattern, length: text.length, spent };
  }
  return undefined;
}

/** The attack as a text of about `length` characters. */
function attackOf({ pumps, suffix }, length) {
  const count = Math.ceil(length / pumps.reduce((sum, { pump }) => sum + pump.length, 0));
  return pumps.map(({ prefix, pump }) => prefix + pump.repeat(count)).join("") + suffix;
}

/** Milliseconds that this thread has worked, whatever else the machine does. */
function threadTime() {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1000;
}

async function main() {
  const { root, scripts, patterns } = JSON.parse(readFileSync(0, "utf8"));
  const allowed = JSON.parse(readFileSync(join(here, "allowed.json"), "utf8"));
  const { all, stale } = select([...patterns, ...(await scriptPatterns(root, scripts))], allowed);
  const results = await checkAll(all.filter(({ source }) => source !== null));
  const faults = [
    ...all.filter(({ source }) => source === null).map((pattern) => `${place(pattern)} is made at run time; give samples of it`),
    ...results.filter(({ attack }) => attack !== undefined).map(described),
    // Of another tree than our own nothing is in the list.
    ...(patterns.some(({ file }) => file.startsWith("opencode_widget/")) ? stale : []),
  ];
  for (const fault of faults) console.log(fault);
  console.log(`${results.length} regular expressions checked, ${faults.length} at fault`);
  process.exit(faults.length > 0 ? 1 : 0);
}

/** The patterns to check: those that are allowed left out, those made at run time replaced by their samples. */
function select(found, { exceptions, samples }) {
  const known = (list, { file, written }) => list.find((each) => each.file === file && each.written === written);
  const used = new Set();
  const all = found.flatMap((pattern) => {
    const exception = known(exceptions, pattern);
    const sample = pattern.source === null ? known(samples, pattern) : undefined;
    used.add(exception ?? sample);
    if (exception) return [];
    return sample ? sample.patterns.map((source) => ({ ...pattern, source })) : [pattern];
  });
  const stale = [...exceptions, ...samples].filter((each) => !used.has(each));
  return { all, stale: stale.map(({ file, written }) => `allowed.json names what is not there: ${file}: ${written}`) };
}

async function scriptPatterns(root, folder) {
  const { parseSync } = await import(require.resolve("vite").replace(/index\.cjs$/, "dist/node/index.js"));
  const names = readdirSync(join(root, folder), { recursive: true }).filter((name) => /\.tsx?$/.test(name));
  return names.sort().flatMap((name) => {
    const file = `${folder}/${name}`;
    const text = readFileSync(join(root, file), "utf8");
    return [...nodes(parseSync(name, text).program)].flatMap((node) => {
      const pattern = patternOf(node, text);
      return pattern ? [{ file, line: text.slice(0, node.start).split("\n").length, ...pattern }] : [];
    });
  });
}

function* nodes(node) {
  if (node === null || typeof node !== "object") return;
  if (typeof node.type === "string") yield node;
  for (const child of Object.values(node)) yield* nodes(child);
}

/** A literal, or what is given to the constructor. */
function patternOf(node, text) {
  if (node.regex) return { written: node.raw, source: node.regex.pattern, flags: node.regex.flags };
  if (!/^(?:New|Call)Expression$/.test(node.type) || node.callee.name !== "RegExp") return undefined;
  const [pattern, flags] = node.arguments;
  const source = typeof pattern.value === "string" ? pattern.value : null;
  return { written: text.slice(pattern.start, pattern.end), source, flags: flags?.value ?? "" };
}

/** In as many workers as the machine has processors. */
async function checkAll(patterns) {
  const left = [...patterns.entries()];
  const results = [];
  const work = async () => {
    const worker = new Worker(fileURLToPath(import.meta.url));
    for (let next = left.pop(); next; next = left.pop()) {
      const [at, pattern] = next;
      const answer = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
      worker.postMessage(pattern);
      results[at] = { ...pattern, ...(await answer) };
      worker.removeAllListeners("error");
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}

function place({ file, line, written }) {
  return `${file}:${line}: ${written}`;
}

function described(result) {
  const { complexity, attack, length, spent } = result;
  const seen = length === undefined ? "" : ` (${length} characters take ${Math.round(spent)} ms)`;
  return `${place(result)}\n    ${complexity}: ${attack}${seen}`;
}

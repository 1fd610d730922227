// What a delta costs on the page, from the arrival of its message to the DOM. Open ?scene=stream&play=no and call bench().
const WORDS = "the quick brown fox jumps over a lazy dog while seven wizards mix potions in the dark".split(" ");

function* prose(count) {
  for (let index = 0; index < count; index += 1) {
    const word = WORDS[index % WORDS.length];
    if (index % 97 === 96) yield `${word}.\n\n`;
    else if (index % 23 === 22) yield ` **${word}**`;
    else if (index % 31 === 30) yield ` \`${word}\``;
    else yield ` ${word}`;
  }
}

function* listed(count) {
  for (let index = 0; index < count; index += 1)
    yield index % 12 === 0 ? `\n- ${WORDS[index % WORDS.length]}` : ` ${WORDS[index % WORDS.length]}`;
}

function* oneParagraph(count) {
  for (let index = 0; index < count; index += 1)
    yield index % 40 === 39 ? " *word*" : ` ${WORDS[index % WORDS.length]}`;
}

function* code(lines) {
  yield "```python\n";
  for (let index = 0; index < lines; index += 1) {
    yield `    value_${index} = `;
    yield `function(${index})\n`;
  }
}

async function run(name, deltas, kernel) {
  const times = [];
  let slowest = 0;
  for (const text of deltas) {
    const start = performance.now();
    kernel.frame({ op: "text", session: "s1", message: "a1", part: "a1t", field: "text", text });
    const spent = performance.now() - start;
    times.push(spent);
    slowest = Math.max(slowest, spent);
    if (times.length % 500 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  const mean = (part) => (1000 * part.reduce((sum, time) => sum + time, 0)) / part.length;
  const first = mean(times.slice(0, 1000));
  const last = mean(times.slice(-1000));
  return {
    name,
    deltas: times.length,
    firstMicros: Math.round(first),
    lastMicros: Math.round(last),
    slowestMs: Math.round(slowest * 10) / 10,
  };
}

export async function bench(kernel, makeScene) {
  const results = [];
  for (const [name, deltas] of [
    ["warm up", prose(2000)],
    ["prose, 50,000 deltas", prose(50_000)],
    ["code, 20,000 lines", code(20_000)],
    ["list, 10,000 deltas", listed(10_000)],
    ["one paragraph, 20,000 deltas", oneParagraph(20_000)],
  ]) {
    kernel.state = makeScene();
    kernel.frame({ op: "transcript", transcript: null });
    await new Promise((resolve) => setTimeout(resolve, 50));
    kernel.frame({ op: "transcript", transcript: structuredClone(kernel.state.transcript) });
    await new Promise((resolve) => setTimeout(resolve, 100));
    results.push(await run(name, deltas, kernel));
  }
  return results;
}

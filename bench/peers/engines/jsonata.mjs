// JSONata on Node. A line on standard input is {order} to be mapped, or {runs} of the last one to be timed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [, , packages, source] = process.argv;
const jsonata = createRequire(packages)("jsonata");
const expression = jsonata(readFileSync(source, "utf8"));
let order;

async function time(runs) {
  const start = process.cpuUsage();
  for (let run = 0; run < runs; run++) await expression.evaluate(order);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / runs;
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if ("order" in asked) order = asked.order;
  const answer = "order" in asked ? await expression.evaluate(order) : await time(asked.runs);
  console.log(JSON.stringify(answer));
}

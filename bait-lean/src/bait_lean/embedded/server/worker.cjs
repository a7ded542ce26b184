'use strict';
/** The thread that runs Lean: boots it, runs the self-test, answers one request at a time. */

const { parentPort, workerData } = require('node:worker_threads');
const { boot } = require('./runtime.cjs');
const { Protocol } = require('./protocol.cjs');
const { selfTest } = require('./selftest.cjs');

const TOKENS = 16; // used in turn, so that a straggler of an old request cannot disturb a new one
const VALUE_OF_REFERENCE = 8;

/** Cancellation tokens; each is given by the address that the other thread writes to. */
function makeTokens(lean) {
  return Array.from({ length: TOKENS }, () => (
    lean.objects.keep(lean.call('l_IO_CancelToken_new')) + VALUE_OF_REFERENCE
  ));
}

async function main() {
  const lean = await boot(workerData.directory);
  const protocol = new Protocol(lean);
  const tokens = makeTokens(lean);
  lean.idleToken = tokens.pop() - VALUE_OF_REFERENCE;
  selfTest(protocol);
  parentPort.on('message', ({ request, token }) => {
    lean.cancelToken = token - VALUE_OF_REFERENCE;
    parentPort.postMessage({ answer: protocol.answer(request) });
  });
  parentPort.postMessage({
    ready: true,
    memory: lean.memory.wasmMemory,
    tokens,
    answer: { ready: true, version: lean.version },
  });
}

main().catch((error) => {
  const answer = { message: `Lean does not start: ${error.message}`, fatal: true };
  process.stderr.write(`${error.stack}\n`);
  parentPort.postMessage({ answer });
});

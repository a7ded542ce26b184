'use strict';
/**
 * The embedded Lean server: JSON requests on standard input, JSON answers on standard output.
 *
 *     node main.cjs --lean DIR
 *
 * DIR holds lean.js, lean.wasm and lib/lean (the tree of .olean files). No other argument is
 * needed and no flag of node. The protocol is docs/lean-server-protocol.md.
 *
 * This thread reads, answers and watches the clock. Lean runs in a worker thread (worker.cjs),
 * whose native stack can be as large as deep terms need and whose output cannot reach standard
 * output. A cancellation is a write into Lean's memory, which both threads share.
 *
 * Exit status: 0 at the end of input, 64 wrong arguments, 69 Lean does not start, 70 Lean crashed.
 */

const path = require('node:path');
const { parseArgs } = require('node:util');
const { Worker } = require('node:worker_threads');
const { RequestReader } = require('./framing.cjs');
const { writeAnswer } = require('./output.cjs');

const EXIT = { usage: 64, unavailable: 69, crashed: 70 };
const STACK_MB = 256; // native stack of the thread that runs Lean; touched pages only cost
const GRACE_MS = 10_000; // how long a cancelled request may take to stop
const REPEAT_MS = 20; // Lean may overwrite a cancellation while it reads the token, so repeat it
const CANCELLED = 3; // Lean's boxed `true`

class Server {
  constructor(directory) {
    this.queue = [];
    this.busy = false;
    this.inputEnded = false;
    this.worker = new Worker(path.join(__dirname, 'worker.cjs'), {
      workerData: { directory },
      resourceLimits: { stackSizeMb: STACK_MB, maxOldGenerationSizeMb: 2048 },
      stdout: true,
    });
    this.worker.stdout.on('data', (data) => process.stderr.write(data));
    this.worker.on('message', (message) => this.receive(message));
    this.worker.on('error', (error) => this.crash(`Lean crashed: ${error.message}`));
    this.worker.on('exit', () => this.crash('Lean ended unexpectedly.'));
  }

  receive(message) {
    if (message.ready) {
      this.memory = message.memory;
      this.tokens = message.tokens;
      this.ready = true;
    }
    clearTimeout(this.timer);
    clearInterval(this.repeater);
    this.busy = false;
    writeAnswer(message.answer);
    if (message.answer.fatal) process.exit(this.ready ? EXIT.crashed : EXIT.unavailable);
    this.next();
  }

  submit(request) {
    this.queue.push(request);
    this.next();
  }

  end() {
    this.inputEnded = true;
    this.next();
  }

  next() {
    if (this.busy || !this.ready) return;
    const request = this.queue.shift();
    if (request === undefined) {
      if (this.inputEnded) process.exit(0);
    } else if (request.malformed) {
      writeAnswer({ message: request.malformed });
      setImmediate(() => this.next());
    } else {
      this.run(request.value);
    }
  }

  run(request) {
    this.busy = true;
    const token = this.tokens[0];
    this.tokens.push(this.tokens.shift());
    this.setToken(token, 1);
    const limit = request.timeout;
    if (typeof limit === 'number' && limit > 0) {
      this.timer = setTimeout(() => this.cancel(token), Math.min(limit * 1000, 2 ** 31 - 1));
    }
    this.worker.postMessage({ request, token });
  }

  setToken(token, value) {
    Atomics.store(new Int32Array(this.memory.buffer), token >>> 2, value);
  }

  cancel(token) {
    this.setToken(token, CANCELLED);
    this.repeater = setInterval(() => this.setToken(token, CANCELLED), REPEAT_MS);
    this.timer = setTimeout(
      () => this.crash('Lean did not stop at the time limit.', { timeout: true }),
      GRACE_MS,
    );
  }

  crash(reason, extra = {}) {
    if (this.busy || !this.ready) writeAnswer({ message: reason, fatal: true, ...extra });
    process.exit(this.ready ? EXIT.crashed : EXIT.unavailable);
  }
}

function main() {
  let directory;
  try {
    directory = parseArgs({ options: { lean: { type: 'string' } } }).values.lean;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
  }
  if (!directory) {
    process.stderr.write('usage: node main.cjs --lean DIR\n');
    process.exit(EXIT.usage);
  }
  const server = new Server(path.resolve(directory));
  const reader = new RequestReader((request) => server.submit(request));
  process.stdin.on('data', (data) => reader.push(data));
  process.stdin.on('end', () => {
    reader.end();
    server.end();
  });
}

main();

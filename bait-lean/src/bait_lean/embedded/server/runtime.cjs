'use strict';
/**
 * Boots the WebAssembly build of Lean: loads lean.js, gives Lean a large stack, initialises it.
 *
 * The result is a Lean object (lean.cjs), on which all other modules build.
 */

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { createRequire } = require('node:module');
const workerThreads = require('node:worker_threads');
const { Lean } = require('./lean.cjs');
const { MAXIMUM_BYTES, Memory } = require('./memory.cjs');

const PAGE = 65536;
const INITIAL_PAGES = 4096; // 256 MB: what `import Init` needs, without growing
const MAXIMUM_PAGES = MAXIMUM_BYTES / PAGE;
const STACK_BYTES = 64 * 1024 * 1024; // lean.wasm's own main stack has 64 KB
const THREAD_STACK_MB = 64;
const POOL_OF_FOUR = 'var pthreadPoolSize=4;';
const POOL_OF_TWO = 'var pthreadPoolSize=2;'; // each thread costs start-up time and memory
const PANIC = 'PANIC';
const LIBRARY = '/lean/lib/lean';

/** What lean.js declares inside its function and the server needs outside. */
const EPILOGUE = ';Module.internals={exports:()=>wasmExports,addFunction};';

/**
 * A virtual file system that shows `root` and refuses every change: Lean code that a proof
 * candidate smuggles in must not be able to write to the user's disk.
 */
function readOnly(nodefs) {
  const refuse = (fsModule) => () => {
    throw new fsModule.ErrnoError(69 /* EROFS in Emscripten's numbering */);
  };
  return (fsModule) => {
    const denied = refuse(fsModule);
    Object.assign(nodefs.node_ops, {
      mknod: denied,
      rename: denied,
      unlink: denied,
      rmdir: denied,
      symlink: denied,
      setattr: denied,
    });
    nodefs.stream_ops.write = denied;
    return nodefs;
  };
}

/** `require` for lean.js, whose threads get a native stack for deep terms too. */
function requireFor(file) {
  const require = createRequire(file);
  class DeepWorker extends workerThreads.Worker {
    constructor(script, options) {
      super(script, { ...options, resourceLimits: { stackSizeMb: THREAD_STACK_MB } });
    }
  }
  const threads = { ...workerThreads, Worker: DeepWorker };
  return (name) => (name.endsWith('worker_threads') ? threads : require(name));
}

/** Loads lean.js from `directory`; resolves with its module object once it is instantiated. */
function loadModule(directory) {
  const file = path.join(directory, 'lean.js');
  const source = fs.readFileSync(file, 'utf8').replace(POOL_OF_FOUR, POOL_OF_TWO) + EPILOGUE;
  const wasmMemory = new WebAssembly.Memory({
    initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true,
  });
  const log = (line) => {
    if (line.includes(PANIC)) module.internals.panic = line.trim();
    process.stderr.write(`${line}\n`);
  };
  let module;
  return new Promise((resolve) => {
    module = {
      wasmMemory,
      INITIAL_MEMORY: INITIAL_PAGES * PAGE,
      thisProgram: '/lean/bin/lean',
      noInitialRun: true,
      print: log,
      printErr: log,
      preRun: [(m) => {
        const library = path.join(directory, 'lib', 'lean');
        m.FS.mkdirTree(LIBRARY);
        m.FS.mount(readOnly(m.FS.filesystems.NODEFS)(m.FS), { root: library }, LIBRARY);
        m.ENV.LEAN_PATH = LIBRARY;
      }],
      // Let lean.js finish its own start before Lean's functions are called.
      onRuntimeInitialized: () => setTimeout(() => resolve(module), 0),
    };
    const text = `(function(exports,require,module,__filename,__dirname,Module){${source}\n})`;
    const run = vm.runInThisContext(text, { filename: file });
    const holder = { exports: {} };
    run(holder.exports, requireFor(file), holder, file, directory, module);
  });
}

/** Moves the main thread of Lean to a stack that deep terms do not overflow. */
function enlargeStack(exports) {
  const base = (exports.malloc(STACK_BYTES + 64) + 15) & ~15;
  exports.emscripten_stack_set_limits(base + STACK_BYTES, base);
  exports._emscripten_stack_restore(base + STACK_BYTES);
}

function initialise(lean) {
  const { exports, objects } = lean;
  enlargeStack(exports);
  exports.lean_initialize();
  lean.io('l_Lean_initSearchPath', objects.string('/lean'), objects.nil);
  exports.lean_init_task_manager_using(1);
  exports.lean_io_mark_end_initialization();
}

/**
 * Starts Lean.
 *
 * @param {string} directory the folder with lean.js, lean.wasm and lib/lean
 * @returns {Promise<Lean>}
 */
async function boot(directory) {
  const module = await loadModule(directory);
  const { internals } = module;
  const memory = new Memory(module.wasmMemory);
  const lean = new Lean({
    directory, memory, internals, exports: internals.exports(), addFunction: internals.addFunction,
  });
  initialise(lean);
  return lean;
}

module.exports = { boot };

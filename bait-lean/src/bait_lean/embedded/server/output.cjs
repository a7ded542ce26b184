'use strict';
/** The only place that writes to standard output. */

const fs = require('node:fs');

const STANDARD_OUTPUT = 1;
const PAUSE_MS = 2;

/** Sleeps, when the reader's pipe is full. */
function pause() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

/** Writes an answer as one line and a blank line; ends the process when its reader is gone. */
function writeAnswer(answer) {
  let rest = Buffer.from(`${JSON.stringify(answer)}\n\n`, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(STANDARD_OUTPUT, rest));
    } catch (error) {
      if (error.code === 'EAGAIN') pause();
      else if (error.code === 'EPIPE') process.exit(0);
      else throw error;
    }
  }
}

module.exports = { writeAnswer };

'use strict';
/**
 * Splits standard input into requests: JSON objects on one line, or on several lines ended by a
 * blank line. Every malformed request gives exactly one error, so that answers stay in step.
 */

const { StringDecoder } = require('node:string_decoder');

class RequestReader {
  /** @param {(request: {value?: object, malformed?: string}) => void} deliver */
  constructor(deliver) {
    this.deliver = deliver;
    this.decoder = new StringDecoder('utf8');
    this.chunks = []; // of the line that is not complete yet
    this.lines = []; // of the request that is not complete yet
    this.skipping = false; // the rest of a malformed request, up to a blank line or a new `{`
  }

  push(data) {
    const pieces = this.decoder.write(data).split('\n');
    pieces.forEach((piece, i) => {
      this.chunks.push(piece);
      if (i < pieces.length - 1) {
        const line = this.chunks.join('').replace(/\r$/, '');
        this.chunks = [];
        this.line(line);
      }
    });
  }

  end() {
    this.push(Buffer.from('\n\n'));
  }

  line(line) {
    if (line.trim() === '') {
      if (this.lines.length > 0) this.complete(this.lines.join('\n'), true);
      this.skipping = false;
      return;
    }
    const starts = line.startsWith('{');
    if (starts && this.lines.length > 0 && parse(line).value) {
      this.complete(this.lines.join('\n'), true);
    }
    if (starts) this.skipping = false;
    if (this.skipping) return;
    this.lines.push(line);
    this.complete(this.lines.join('\n'), false);
  }

  /** Delivers `text` if it is a whole request or cannot become one. */
  complete(text, isLast) {
    const { value, error, incomplete } = parse(text);
    if (incomplete && !isLast) return;
    this.lines = [];
    if (value) {
      this.deliver({ value });
    } else {
      this.skipping = true;
      this.deliver({ malformed: `The request is not a JSON object: ${error}` });
    }
  }
}

/** Parses `text`; `incomplete` says that more lines could make it well-formed. */
function parse(text) {
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { value };
    return { error: 'expected { ... }' };
  } catch (error) {
    const position = /position (\d+)/.exec(error.message);
    const incomplete = text.trimStart().startsWith('{') && (position
      ? Number(position[1]) >= text.length && !error.message.startsWith('Unterminated string')
      : error.message.includes('end of JSON input'));
    return { error: error.message.slice(0, 200), incomplete };
  }
}

module.exports = { RequestReader };

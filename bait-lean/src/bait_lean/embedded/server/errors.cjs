'use strict';
/** Errors that are answers; Lean is intact after all but the last. */

/** The request cannot be carried out; the message says why. */
class RequestError extends Error {}

/** The request was cancelled at its time limit. */
class TimeLimitError extends Error {
  constructor(message = 'the time limit was reached') {
    super(message);
  }
}

/** A tactic failed; the message is Lean's. `forbidden` names what broke a policy. */
class TacticError extends Error {
  constructor(message, forbidden = undefined) {
    super(message);
    this.forbidden = forbidden;
  }
}

/** Lean's memory is too full to go on; the process must be replaced. */
class ExhaustedError extends Error {}

module.exports = { ExhaustedError, RequestError, TacticError, TimeLimitError };

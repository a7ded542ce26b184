'use strict';
/** Errors that are answers; Lean is in good order after them. */

/** The request cannot be carried out; the message tells why. */
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

module.exports = { RequestError, TacticError, TimeLimitError };

'use strict';
/** The request cannot be carried out; the message is the answer. Lean is in good order. */
class RequestError extends Error {}

module.exports = { RequestError };

'use strict';
/** Constants that turn into any proof, or into the word of a compiler. */

const SORRY = 'sorryAx';
const FORBIDDEN = new Set([
  SORRY, 'Lean.reduceBool', 'Lean.reduceNat', 'Lean.ofReduceBool', 'Lean.ofReduceNat',
  'Lean.trustCompiler', 'lcProof', 'lcUnreachable', 'lcAny',
]);

module.exports = { FORBIDDEN, SORRY };

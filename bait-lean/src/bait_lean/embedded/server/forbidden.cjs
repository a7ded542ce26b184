'use strict';
/** Constants that can stand for any proof, or that trust the compiler. */

const SORRY = 'sorryAx';
const FORBIDDEN = new Set([
  SORRY, 'Lean.reduceBool', 'Lean.reduceNat', 'Lean.ofReduceBool', 'Lean.ofReduceNat',
  'Lean.trustCompiler', 'lcProof', 'lcUnreachable', 'lcAny',
]);

module.exports = { FORBIDDEN, SORRY };

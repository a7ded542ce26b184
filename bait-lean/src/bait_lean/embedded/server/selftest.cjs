'use strict';
/** Checks at start that the layouts fit this build of Lean. */

function selfTest(protocol) {
  const answer = protocol.answer({ cmd: 'theorem «self test» (n : Nat) : n + 0 = n := by\n  sorry' });
  const goal = answer.sorries?.[0]?.goal;
  if (goal !== 'n : Nat\n⊢ n + 0 = n') throw new Error(`unexpected answer ${JSON.stringify(answer)}`);
}

module.exports = { selfTest };

'use strict';
/**
 * Checks at start that the layouts fit this build of Lean: a wrong offset would corrupt the heap
 * or, worse, give wrong answers in silence.
 */

const THEOREM = 'theorem «self test» (n : Nat) : n + 0 = n ∧ True := by\n  sorry';
const SYMBOLS = 'And Eq Nat HAdd.hAdd instHAdd instAddNat OfNat.ofNat instOfNatNat True';

function expect(actual, expected, what) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`the self-test failed: ${what} is ${JSON.stringify(actual)}`);
  }
}

function selfTest(protocol) {
  const { sorries, messages } = protocol.answer({ cmd: THEOREM, parts: true });
  expect(messages?.[0]?.severity, 'warning', 'the severity of a message');
  const [{ goal, pos, parts, proofState }] = sorries;
  expect(goal, 'n : Nat\n⊢ n + 0 = n ∧ True', 'a goal');
  expect(pos, { line: 2, column: 2 }, 'a position');
  expect([...parts[0].symbols].sort(), ['Nat', ...SYMBOLS.split(' ')].sort()
    .filter((name, i, all) => name !== all[i - 1]), 'the list of symbols');
  const split = protocol.answer({ tactic: 'constructor', proofState, parts: true });
  expect(split.parts?.map((part) => part.goals), [
    ['case left\nn : Nat\n⊢ n + 0 = n'], ['case right\nn : Nat\n⊢ True'],
  ], 'the list of parts');
  const done = protocol.answer({ tactic: 'rfl', proofState: split.parts[0].proofState });
  expect(done.proofStatus, 'Completed', 'the status of a proof');
  const failed = protocol.answer({ tactic: 'exact 1', proofState });
  expect(failed.message?.startsWith('Lean error:'), true, 'the failure of a tactic');
  const { report } = protocol.answer({ cmd: THEOREM, report: true });
  const [{ name, kind, sorries: places }] = report.constants;
  expect([name, kind, places, report.kernel],
    ['«self test»', 'theorem', [{ line: 2, column: 2 }], ''], 'a report');
  protocol.forget();
}

module.exports = { selfTest };

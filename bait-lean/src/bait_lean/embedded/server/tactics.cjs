'use strict';
/** Tactic steps: parses a text, runs it on a proof state, checks the result. */

const { CoreContext, CoreState, InputContext, ParserState } = require('./layouts.cjs');
const { TacticError, TimeLimitError } = require('./errors.cjs');
const { ProofStates } = require('./states.cjs');

const TACTIC_FILE = '<tactic>';
/** addTraceAsMessages for CoreM: what `trace` prints. */
const TRACES_AS_MESSAGES = 'l_Lean_addTraceAsMessages___at___00'
  + 'Lean_Core_wrapAsyncAsSnapshot_spec__0';

class Tactics extends ProofStates {
  constructor(lean, frontend, library) {
    super(lean, frontend, library);
    this.parserFunction = this.objects.keep(this.makeParser());
  }

  /**
   * Runs a tactic text on a proof state.
   *
   * @param {{hasTimeout: boolean, policy: object|null}} limits
   * @returns {{state, messages}} the new state and its messages as JSON
   */
  step(state, text, { hasTimeout, policy }) {
    const { objects: o } = this;
    const input = this.frontend.inputContext(text, TACTIC_FILE);
    const syntax = this.parse(state, input);
    const coreContext = this.limited(state.coreContext, input, hasTimeout);
    o.dec(input);
    try {
      const { value, next } = this.run({ ...state, coreContext }, (refs) => (
        this.evaluate(refs, syntax)
      ));
      o.dec(next.coreContext);
      next.coreContext = o.inc(state.coreContext);
      next.goals = value.goals;
      this.refuseForbidden(state, next, policy);
      return { state: next, messages: value.messages };
    } finally {
      o.dec(coreContext);
      o.dec(syntax);
    }
  }

  /** Fails (and frees `next`) if the proofs that a step assigned use what they must not. */
  refuseForbidden(state, next, policy) {
    if (!policy && !state.own) return;
    const environment = this.objects.field(next.coreState, CoreState.env);
    const [forbidden, ownName] = this.withInstantiated(next, (goals) => {
      const proofs = state.goals.map((goal) => goals.proof(goal));
      return [
        policy ? this.library.forbidden(policy, environment, proofs) : [],
        state.own ? this.usesOwn(state.own, environment, proofs) : undefined,
      ];
    });
    if (forbidden.length === 0 && ownName === undefined) return;
    this.free(next);
    if (ownName !== undefined) {
      throw new TacticError(`the proof uses '${ownName}', which is declared with the goal itself`);
    }
    throw new TacticError(`the proof uses what the policy forbids: ${forbidden.join(', ')}`,
      forbidden);
  }

  /** A constant in the proofs that the goal's own command made and the goal does not mention. */
  usesOwn({ before, after, symbols }, environment, proofs) {
    const names = [];
    this.library.uses(environment, proofs, (name) => names.push(name));
    return names.find((name) => (
      !symbols.has(name) && this.library.has(after, name) && !this.library.has(before, name)
    ));
  }

  evaluate(refs, syntax) {
    const { lean, objects: o } = this;
    this.attempt(refs, 'l_Lean_Elab_Tactic_evalTactic', o.inc(syntax), ...refs.tactic());
    this.attempt(refs, 'l_Lean_Elab_Term_synthesizeSyntheticMVarsNoPostponing', o.box(0),
      ...refs.term());
    this.attempt(refs, 'l_Lean_Elab_Tactic_pruneSolvedGoals', ...refs.tactic());
    this.attempt(refs, TRACES_AS_MESSAGES, ...refs.core());
    const messages = refs.messages();
    // A nested `by` recovers from its errors: it logs them and goes on with `sorry`.
    const errors = messages.filter((m) => m.severity === 'error').map((m) => m.data);
    if (errors.length > 0) this.fail(errors);
    return { goals: refs.goals(), messages };
  }

  attempt(refs, symbol, ...args) {
    const { lean, objects: o } = this;
    const result = lean.call(symbol, ...args);
    if (o.tag(result) === 0) {
      o.dec(result);
      return;
    }
    const text = lean.exceptionText(o.field(result, 0));
    o.dec(result);
    // An internal exception is an abort: the reason was logged before.
    const logged = refs.messages().filter((m) => m.severity === 'error').map((m) => m.data);
    this.fail(text === null ? logged : [...logged, text]);
  }

  fail(reasons) {
    const text = reasons.length > 0 ? reasons.join('\n') : undefined;
    if (this.lean.isCancelled()) throw new TimeLimitError(text);
    throw new TacticError(text ?? 'the tactic was aborted without a message');
  }

  /** Core.Context for a step: its own file, cancellation, and a limit (time or heartbeats). */
  limited(coreContext, input, hasTimeout) {
    const { lean, objects: o } = this;
    const options = o.take(coreContext, CoreContext.options);
    return o.copyWith(coreContext, CoreContext, {
      [CoreContext.fileName]: o.take(input, InputContext.fileName),
      [CoreContext.fileMap]: o.take(input, InputContext.fileMap),
      [CoreContext.initHeartbeats]: lean.exports.lean_io_get_num_heartbeats() >>> 0,
      [CoreContext.maxHeartbeats]: hasTimeout
        ? this.noHeartbeatLimit(options)
        : lean.call('l_Lean_Core_getMaxHeartbeats', options),
      [CoreContext.cancelTk]: o.some(lean.cancelToken ?? lean.idleToken),
    });
  }

  noHeartbeatLimit(options) {
    this.objects.dec(options);
    return this.objects.box(0);
  }

  // Parsing -----------------------------------------------------------------------------------

  /** The parser of a tactic sequence, with white space and comments before it. */
  makeParser() {
    const { lean, objects: o } = this;
    const whitespace = o.closure(lean.address('l_Lean_Parser_whitespace'), 2, []);
    const sequence = o.take(o.global('l_Lean_Parser_Tactic_tacticSeq'), 1);
    return o.closure(lean.address('l_Lean_Parser_andthenFn'), 4, [whitespace, sequence]);
  }

  parse(state, input) {
    const { lean, objects: o } = this;
    const environment = o.field(state.coreState, CoreState.env);
    const context = o.make(0, [
      o.inc(environment),
      o.take(state.coreContext, CoreContext.options),
      o.take(state.coreContext, CoreContext.currNamespace),
      o.take(state.coreContext, CoreContext.openDecls),
    ]);
    const tokens = lean.call('l_Lean_Parser_getTokenTable', o.inc(environment));
    const start = lean.call('l_Lean_Parser_mkParserState', o.take(input, InputContext.inputString));
    let end = lean.call('l_Lean_Parser_ParserFn_run', o.inc(this.parserFunction), o.inc(input),
      context, tokens, start);
    const position = o.unbox(o.field(end, ParserState.pos));
    const failed = !o.isScalar(o.field(end, ParserState.errorMsg))
      || o.arraySize(o.field(end, ParserState.recoveredErrors)) > 0;
    if (!failed && position < o.unbox(o.field(input, InputContext.endPos))) {
      end = lean.call('l_Lean_Parser_ParserState_mkError', end, o.string('end of input'));
    } else if (!failed) {
      const stack = o.field(o.field(end, ParserState.stxStack), 0);
      const syntax = o.inc(o.elements(stack).at(-1));
      o.dec(end);
      return syntax;
    }
    const message = lean.call('l_Lean_Parser_ParserState_toErrorMsg', o.inc(input), end);
    throw new TacticError(o.takeText(message));
  }
}

module.exports = { Tactics };

'use strict';
/**
 * Proof states: snapshots of Lean's monads (contexts and states of CoreM, MetaM and TermElabM)
 * with a list of goals, and the goals (`roots`) whose proofs decide whether they are complete.
 *
 * `origin` is the environment in which its hole was opened.
 *
 * A proof state is immutable: whatever runs on it runs on fresh references and makes a new state,
 * so branching costs nothing.
 */

const {
  ContextInfo, CoreState, ExprTag, InfoState, LevelTag, LocalDecl, MetaState,
  MetavarDecl, TermInfo,
} = require('./layouts.cjs');
const { SORRY } = require('./forbidden.cjs');
const { Kernel } = require('./kernel.cjs');
const { InstantiatedGoals, Terms } = require('./terms.cjs');

const GOAL_WIDTH = 100;
const OWNED = [
  'metaContext', 'metaState', 'coreContext', 'coreState', 'termContext', 'termState', 'origin',
];
/** Term.Context's scalar fields: the defaults of a tactic block. */
const TERM_CONTEXT_BYTES = [1, 1, 1, 1, 0, 0, 0, 1, 0, 1];
const EMPTY_TREE = 3; // Std.TreeMap's leaf: constructor 1, boxed
const SYNTHETIC_OPAQUE = 2;
const FORALL_BODY = 2;

class ProofStates {
  constructor(lean, frontend, library) {
    this.lean = lean;
    this.objects = lean.objects;
    this.frontend = frontend;
    this.library = library;
    this.terms = new Terms(lean);
    this.kernel = new Kernel(lean);
    this.captured = null;
    this.capture = this.objects.keep(this.objects.callback((...args) => this.note(args), 5));
  }

  /** Runs inside ContextInfo.runMetaM (arguments owned) and keeps the contexts that Lean made. */
  note([metaContext, metaState, coreContext, coreState]) {
    const { lean, objects: o } = this;
    this.captured = {
      metaContext: metaContext >>> 0,
      metaState: lean.dereference(metaState),
      coreContext: coreContext >>> 0,
      coreState: lean.dereference(coreState),
    };
    o.dec(metaState >>> 0);
    o.dec(coreState >>> 0);
    return o.ok(o.nil);
  }

  // Lifetime ----------------------------------------------------------------------------------

  free(state) {
    for (const key of OWNED) this.objects.dec(state[key]);
    state.goals.forEach((goal) => this.objects.dec(goal));
    state.roots.forEach((root) => this.objects.dec(root));
    if (state.own) [state.own.before, state.own.after].forEach((env) => this.objects.dec(env));
  }

  /** A proof state like `state` whose only goals, and roots, are `goals` (borrowed). */
  withGoals(state, goals) {
    for (const key of OWNED) this.objects.inc(state[key]);
    const share = () => goals.map((goal) => this.objects.inc(goal));
    return { ...state, goals: share(), roots: share(), own: this.shareOwn(state) };
  }

  shareOwn({ own }) {
    if (own) [own.before, own.after].forEach((environment) => this.objects.inc(environment));
    return own;
  }

  // Start -------------------------------------------------------------------------------------

  /** The proof state of a hole; consumes the hole. */
  start(hole, base) {
    const { lean, objects: o } = this;
    const { context } = hole;
    const parent = o.take(context, ContextInfo.parentDecl);
    const empty = o.inc(o.global('l_Lean_LocalContext_empty'));
    o.dec(lean.call('l_Lean_Elab_ContextInfo_runMetaM___redArg', context, empty,
      o.inc(this.capture)));
    const initial = {
      ...this.captured,
      termContext: this.termContext(parent),
      termState: this.termState([]),
      origin: o.nil,
      base,
      goals: [],
      roots: [],
      own: null,
    };
    this.captured = null;
    initial.coreState = this.quiet(initial.coreState);
    const state = this.open(initial, hole);
    this.free(initial);
    return this.moveBefore(state, hole.before);
  }

  /**
   * Puts a hole's state (consumed) into the environment `before` (owned) its declaration. If the
   * goal mentions constants that its own command made, the later environment must stay; then
   * `own` says which others of that command a proof must not use.
   */
  moveBefore(state, before) {
    const { objects: o } = this;
    const after = o.field(state.coreState, CoreState.env);
    const symbols = this.withInstantiated(state, (goals) => {
      const seen = new Set();
      const names = new Set();
      goals.termsOf(state.goals[0]).forEach((term) => this.terms.constants(term, names, seen));
      return names;
    });
    const missing = [...symbols].filter((name) => !this.library.has(before, name));
    if (missing.length > 0) {
      const own = { before, after: o.inc(after), symbols };
      return { ...state, origin: o.inc(after), own };
    }
    const coreState = o.copyWith(state.coreState, CoreState, { [CoreState.env]: before });
    o.dec(state.coreState);
    return { ...state, coreState, origin: o.inc(before), own: null };
  }

  /** Adds the hole's goal without auxiliary declarations; returns a new state. */
  open(state, hole) {
    const { lean, objects: o } = this;
    const { value, next } = this.run(state, (refs) => {
      const goal = hole.goal ?? this.termGoal(refs, hole.term);
      return this.clearAuxiliary(refs, goal);
    });
    next.goals = [value];
    next.roots = [o.inc(value)];
    const levels = this.levelParameters(next, value);
    o.dec(next.termState);
    next.termState = this.termState(levels.map((name) => lean.names.make(name)));
    return next;
  }

  /** A new goal for a term `sorry`, whose TermInfo is consumed. */
  termGoal(refs, term) {
    const { lean, objects: o } = this;
    const lctx = o.field(term, TermInfo.lctx);
    const expected = o.field(term, TermInfo.expectedType);
    const type = o.isScalar(expected)
      ? this.typeOfSorry(o.field(term, TermInfo.expr))
      : o.take(expected, 0);
    const instances = [];
    for (const { fvarId, type: t } of this.terms.declarations(lctx)) {
      const found = lean.io('l_Lean_Meta_isClass_x3f', o.inc(t), ...this.inContext(refs, lctx, []));
      if (!o.isScalar(found)) {
        const fvar = lean.call('l_Lean_Expr_fvar___override', o.inc(fvarId));
        instances.push(o.pair(o.take(found, 0), fvar));
      }
      o.dec(found);
    }
    const expression = lean.io('l_Lean_Meta_mkFreshExprMVarAt', o.inc(lctx), o.array(instances),
      type, o.box(SYNTHETIC_OPAQUE), o.nil, o.box(0), ...refs.meta());
    const goal = o.take(expression, 0);
    o.dec(expression);
    o.dec(term);
    return goal;
  }

  /** The type (owned) of `sorryAx type synthetic`, or of `sorryAx (Name → type) synthetic label`. */
  typeOfSorry(expr) {
    const { objects: o } = this;
    const parts = [];
    for (let e = expr; o.tag(e) === ExprTag.app; e = o.field(e, 0)) parts.unshift(o.field(e, 1));
    const [type, , label] = parts;
    return label === undefined ? o.inc(type) : o.take(type, FORALL_BODY);
  }

  /** Arguments of a MetaM function that runs in a local context (borrowed). */
  inContext(refs, lctx, instances) {
    const { objects: o } = this;
    const [metaContext, ...rest] = refs.meta();
    const changed = this.terms.contextWith(metaContext, o.inc(lctx), o.array(instances));
    o.dec(metaContext);
    return [changed, ...rest];
  }

  /**
   * Clears the declarations that stand for the theorem itself and its siblings: with them, a hole
   * could be closed by what is to be proved. Those that the goal's own types mention stay.
   */
  clearAuxiliary(refs, goal) {
    const { lean, objects: o } = this;
    let current = goal;
    const decl = this.terms.metavariable(refs.metavariables(), current);
    const auxiliary = this.terms.declarations(o.field(decl, MetavarDecl.lctx))
      .filter((d) => d.kind === LocalDecl.kinds.auxiliary)
      .map((d) => o.inc(d.fvarId));
    for (const fvar of auxiliary.reverse()) {
      current = lean.io('l_Lean_MVarId_tryClear', current, fvar, ...refs.meta());
    }
    o.dec(decl);
    return current;
  }

  termContext(parent) {
    const { lean, objects: o } = this;
    return o.make(0, [parent, o.nil, o.nil, lean.never(), EMPTY_TREE, EMPTY_TREE, o.nil,
      o.array([])], TERM_CONTEXT_BYTES);
  }

  termState(levelNames) {
    const { objects: o } = this;
    return o.make(0, [o.list(levelNames), EMPTY_TREE, o.nil, o.nil, o.nil, EMPTY_TREE, o.nil]);
  }

  /** Core.State (consumed) without messages and with info trees switched off. */
  quiet(coreState) {
    const { lean, objects: o } = this;
    const info = o.field(coreState, CoreState.infoState);
    const quiet = o.copyWith(coreState, CoreState, {
      [CoreState.messages]: lean.noMessages(),
      [CoreState.infoState]: o.make(0, [
        o.take(info, InfoState.assignment), o.take(info, InfoState.lazyAssignment),
        lean.emptyTrees(),
      ], [0]),
      [CoreState.snapshotTasks]: o.array([]),
    });
    o.dec(coreState);
    return quiet;
  }

  // Running -----------------------------------------------------------------------------------

  /**
   * Runs `action` on fresh references to `state` (borrowed).
   *
   * @returns {{value, next}} what the action returned and the state afterwards, without goals
   */
  run(state, action, goals = state.goals) {
    const { lean, objects: o } = this;
    const metaState = lean.reference(o.inc(state.metaState));
    const coreState = lean.reference(o.inc(state.coreState));
    const termState = lean.reference(o.inc(state.termState));
    const goalsRef = lean.reference(o.list(goals.map((goal) => o.inc(goal))));
    const coreContext = state.coreContext;
    const core = () => [o.inc(coreContext), o.inc(coreState)];
    const meta = () => [o.inc(state.metaContext), o.inc(metaState), ...core()];
    const term = () => [o.inc(state.termContext), o.inc(termState), ...meta()];
    const refs = {
      core,
      meta,
      term,
      tactic: () => [this.tacticContext(), o.inc(goalsRef), ...term()],
      metavariables: () => {
        const current = lean.dereference(metaState);
        const mctx = o.take(current, MetaState.mctx);
        o.dec(current);
        return mctx;
      },
      goals: () => {
        const list = lean.dereference(goalsRef);
        const found = o.listElements(list).map((goal) => o.inc(goal));
        o.dec(list);
        return found;
      },
      messages: () => {
        const current = lean.dereference(coreState);
        const messages = this.frontend.messages(o.field(current, CoreState.messages));
        o.dec(current);
        return messages;
      },
    };
    try {
      const value = action(refs);
      return {
        value,
        next: {
          metaContext: o.inc(state.metaContext),
          metaState: lean.dereference(metaState),
          coreContext: o.inc(coreContext),
          coreState: this.quiet(lean.dereference(coreState)),
          termContext: o.inc(state.termContext),
          termState: lean.dereference(termState),
          origin: o.inc(state.origin),
          base: state.base,
          goals: [],
          roots: state.roots.map((root) => o.inc(root)),
          own: this.shareOwn(state),
        },
      };
    } finally {
      [metaState, coreState, termState, goalsRef].forEach((reference) => o.dec(reference));
    }
  }

  tacticContext() {
    const { objects: o } = this;
    return o.make(0, [o.nil], [0]); // no elaborator, no error recovery
  }

  // Goals -------------------------------------------------------------------------------------

  /** Calls `action` with the state's instantiated goals. */
  withInstantiated(state, action) {
    const { objects: o } = this;
    const goals = new InstantiatedGoals(this.terms, o.take(state.metaState, MetaState.mctx));
    try {
      return action(goals);
    } finally {
      goals.release();
    }
  }

  /** Whether the proofs of the state's roots use `sorry` or leave metavariables open. */
  inspectProofs(state) {
    return this.withInstantiated(state, (goals) => {
      const proofs = state.roots.map((root) => goals.proof(root));
      const names = new Set();
      const seen = new Set();
      proofs.forEach((proof) => this.terms.constants(proof, names, seen));
      return {
        hasSorry: names.has(SORRY),
        hasMetavariables: proofs.some((proof) => this.terms.hasMVar(proof)),
      };
    });
  }

  /**
   * Why Lean's kernel does not accept the proofs of the state's roots, or a constant that was made
   * for them; '' if it does. Options that switch the kernel off when Lean adds a constant don't
   * reach it here.
   */
  kernelObjection(state) {
    const { objects: o } = this;
    const environment = o.field(state.coreState, CoreState.env);
    const { value, next } = this.run(state, (refs) => {
      for (const root of state.roots) {
        const { proof, statement } = this.closed(refs, root);
        const objection = this.auxiliaryObjection(environment, state.origin, proof)
          || this.kernel.objection(environment, proof, statement);
        [proof, statement].forEach((term) => o.dec(term));
        if (objection !== '') return objection;
      }
      return '';
    });
    this.free(next);
    return value;
  }

  auxiliaryObjection(environment, origin, proof) {
    const { objects: o } = this;
    const names = [];
    this.library.uses(environment, [proof], (name) => names.push(name));
    for (const name of names.filter((n) => !this.library.has(origin, n))) {
      const info = this.library.find(environment, name);
      const { value, type } = this.library.read(info);
      const objection = value === null ? '' : this.kernel.objection(environment, value, type);
      o.dec(info);
      if (objection !== '') return `${name}: ${objection}`;
    }
    return '';
  }

  /** {proof, statement} of a root, closed over its hypotheses; both owned. */
  closed(refs, root) {
    const { lean, objects: o } = this;
    const decl = this.terms.metavariable(refs.metavariables(), root);
    const lctx = o.field(decl, MetavarDecl.lctx);
    const hypotheses = lean.call('l_Lean_LocalContext_getFVars', o.inc(lctx));
    const no = o.box(0);
    const yes = o.box(1);
    const context = () => this.inContext(refs, lctx, []);
    const proof = lean.io('l_Lean_Meta_mkLambdaFVars', o.inc(hypotheses),
      lean.call('l_Lean_Expr_mvar___override', o.inc(root)), no, no, no, yes, no, ...context());
    const statement = lean.io('l_Lean_Meta_mkForallFVars', hypotheses,
      o.take(decl, MetavarDecl.type), no, no, yes, no, ...context());
    o.dec(decl);
    return {
      proof: this.instantiated(refs, proof), statement: this.instantiated(refs, statement),
    };
  }

  /** A term (consumed) with its assigned metavariables replaced. */
  instantiated(refs, term) {
    const { lean, objects: o } = this;
    const pair = lean.exports.lean_instantiate_expr_mvars(refs.metavariables(), term) >>> 0;
    const result = o.take(pair, 1);
    o.dec(pair);
    return result;
  }

  /** The names of the universe parameters that occur in a goal. */
  levelParameters(state, goal) {
    const { lean, terms } = this;
    return this.withInstantiated(state, (goals) => {
      const names = new Set();
      const seen = new Set();
      const visit = (term) => terms.levels(term, (level) => {
        terms.levelLeaves(level, (tag, name) => {
          if (tag === LevelTag.param) names.add(lean.names.text(name));
        });
      });
      const enter = (term) => terms.hasLevelParam(term);
      goals.termsOf(goal).forEach((term) => terms.traverse(term, visit, seen, enter));
      return [...names];
    });
  }

  /** The text of each goal as Lean prints it. */
  goalTexts(state) {
    return state.goals.map((goal) => this.goalText(state, goal));
  }

  goalText(state, goal) {
    const { lean, objects: o } = this;
    const { value, next } = this.run(state, (refs) => {
      const format = lean.io('l_Lean_Meta_ppGoal', o.inc(goal), ...refs.meta());
      return lean.format(format, GOAL_WIDTH);
    });
    this.free(next);
    return value;
  }
}

module.exports = { ProofStates };

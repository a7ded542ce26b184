'use strict';
/** Reads Lean's terms, levels, local contexts and metavariables straight from its memory. */

const {
  DelayedAssignment, EXPR_DATA_BYTES, ExprTag, LevelTag, LocalContext, LocalDecl, MetaContext,
  MetavarDecl,
} = require('./layouts.cjs');
const { SORRY } = require('./forbidden.cjs');

/** Number of arguments of `sorryAx` of which the last is a label. */
const LABELLED = 3;

class Terms {
  constructor(lean) {
    this.lean = lean;
    this.objects = lean.objects;
  }

  // Contexts ----------------------------------------------------------------------------------

  /** The declarations of a local context (borrowed), in order; all parts borrowed. */
  declarations(lctx) {
    const { objects: o } = this;
    return this.lean.persistentElements(o.field(lctx, LocalContext.decls))
      .filter((entry) => !o.isScalar(entry))
      .map((entry) => this.declaration(o.field(entry, 0)));
  }

  declaration(decl) {
    const { objects: o } = this;
    const isDefinition = o.tag(decl) === LocalDecl.tags.definition;
    const layout = isDefinition ? LocalDecl.definition : LocalDecl.hypothesis;
    return {
      decl,
      fvarId: o.field(decl, layout.fvarId),
      userName: o.field(decl, layout.userName),
      type: o.field(decl, layout.type),
      value: isDefinition ? o.field(decl, layout.value) : null,
      kind: o.byte(decl, layout.kind),
      binderInfo: isDefinition ? 0 : o.byte(decl, layout.binderInfo),
    };
  }

  /** A Meta.Context (borrowed) with another local context and local instances (owned). */
  contextWith(metaContext, lctx, instances) {
    return this.objects.copyWith(metaContext, MetaContext, {
      [MetaContext.lctx]: lctx, [MetaContext.localInstances]: instances,
    });
  }

  /** The MetavarDecl (owned) of a metavariable (borrowed); consumes `mctx`. */
  metavariable(mctx, mvarId) {
    const { objects: o } = this;
    const found = this.lean.call('l_Lean_MetavarContext_findDecl_x3f', mctx, o.inc(mvarId));
    if (o.isScalar(found)) throw new Error('a metavariable has no declaration');
    const decl = o.take(found, 0);
    o.dec(found);
    return decl;
  }

  // Terms -------------------------------------------------------------------------------------

  /** The value of a bit of a term's cached data, which follows the object fields. */
  flag(expr, bit) {
    const { objects: o, lean } = this;
    const data = expr + 8 + 4 * o.fieldCount(expr);
    return (lean.memory.u8(data + 5) >> bit) & 1;
  }

  hasMVar(expr) {
    return this.flag(expr, 1) === 1 || this.flag(expr, 2) === 1;
  }

  hasLevelParam(expr) {
    return this.flag(expr, 3) === 1;
  }

  /** The binder information of a lambda or a pi, or the `nondep` flag of a let. */
  binderInfo(expr) {
    return this.objects.byte(expr, EXPR_DATA_BYTES);
  }

  /** The subterms of a term, borrowed. */
  children(expr) {
    const { objects: o } = this;
    switch (o.tag(expr)) {
      case ExprTag.app: return [o.field(expr, 0), o.field(expr, 1)];
      case ExprTag.lam:
      case ExprTag.forall: return [o.field(expr, 1), o.field(expr, 2)];
      case ExprTag.let: return [o.field(expr, 1), o.field(expr, 2), o.field(expr, 3)];
      case ExprTag.mdata: return [o.field(expr, 1)];
      case ExprTag.proj: return [o.field(expr, 2)];
      default: return [];
    }
  }

  /**
   * Calls `visit` once for each distinct subterm object, without recursion; a subterm for which
   * `enter` is false is left out.
   */
  traverse(expr, visit, seen = new Set(), enter = () => true) {
    const stack = [expr];
    while (stack.length > 0) {
      const term = stack.pop();
      if (!seen.has(term) && enter(term)) {
        seen.add(term);
        visit(term);
        stack.push(...this.children(term).reverse());
      }
    }
  }

  /** The number of arguments of `sorryAx` in a term that is an application of it, or null. */
  sorryArguments(expr) {
    const { objects: o } = this;
    let head = expr;
    let count = 0;
    for (; o.tag(head) === ExprTag.app; count += 1) head = o.field(head, 0);
    const isSorry = o.tag(head) === ExprTag.const
      && this.lean.names.text(o.field(head, 0)) === SORRY;
    return isSorry ? count : null;
  }

  /** The names of the constants of a term, in order of their first occurrence. */
  constants(expr, names = new Set(), seen = new Set()) {
    const { objects: o } = this;
    this.traverse(expr, (term) => {
      if (o.tag(term) === ExprTag.const) names.add(this.lean.names.text(o.field(term, 0)));
    }, seen);
    return names;
  }

  /** Calls `visit` for each level that occurs directly in a term. */
  levels(term, visit) {
    const { objects: o } = this;
    if (o.tag(term) === ExprTag.sort) visit(o.field(term, 0));
    if (o.tag(term) === ExprTag.const) o.listElements(o.field(term, 1)).forEach(visit);
  }

  /** Calls `visit` for each leaf (parameter or metavariable) of a level. */
  levelLeaves(level, visit) {
    const { objects: o } = this;
    const tag = o.tag(level);
    if (o.isScalar(level) || tag === LevelTag.zero) return;
    if (tag === LevelTag.param || tag === LevelTag.mvar) visit(tag, o.field(level, 0));
    else this.levelLeaves(o.field(level, 0), visit);
    if (tag === LevelTag.max || tag === LevelTag.imax) this.levelLeaves(o.field(level, 1), visit);
  }
}

/**
 * A proof state's goals with all assigned metavariables instantiated. What it returns is borrowed
 * and lives until `release`; while it lives, an address stands for one object.
 */
class InstantiatedGoals {
  constructor(terms, metavariables) {
    this.terms = terms;
    this.lean = terms.lean;
    this.objects = terms.objects;
    this.mctx = metavariables; // owned
    this.owned = [];
    this.goals = new Map();
    this.keys = new Map();
  }

  release() {
    this.owned.forEach((object) => this.objects.dec(object));
    this.objects.dec(this.mctx);
  }

  hold(object) {
    this.owned.push(object);
    return object;
  }

  /** A text that identifies an MVarId, LMVarId or FVarId. */
  key(name) {
    let key = this.keys.get(name);
    if (key === undefined) {
      key = this.lean.names.components(name).join('.');
      this.keys.set(name, key);
    }
    return key;
  }

  instantiate(expr) {
    const { objects: o } = this;
    if (!this.terms.hasMVar(expr)) return expr;
    const pair = this.lean.exports.lean_instantiate_expr_mvars(this.mctx, o.inc(expr)) >>> 0;
    this.mctx = o.take(pair, 0);
    const result = this.hold(o.take(pair, 1));
    o.dec(pair);
    return result;
  }

  /** The proof of a goal so far. */
  proof(mvarId) {
    const { objects: o } = this;
    const expr = this.lean.call('l_Lean_Expr_mvar___override', o.inc(mvarId));
    return this.instantiate(this.hold(expr));
  }

  /** {kind, target, hypotheses: [{fvar, userName, type, value, kind, binderInfo}]} */
  goal(mvarId) {
    const key = this.key(mvarId);
    let goal = this.goals.get(key);
    if (!goal) {
      goal = this.readGoal(mvarId);
      this.goals.set(key, goal);
    }
    return goal;
  }

  readGoal(mvarId) {
    const { objects: o, terms } = this;
    const decl = this.hold(terms.metavariable(o.inc(this.mctx), mvarId));
    const hypotheses = terms.declarations(o.field(decl, MetavarDecl.lctx)).map((d) => ({
      ...d,
      fvar: this.key(d.fvarId),
      type: this.instantiate(d.type),
      value: d.value === null ? null : this.instantiate(d.value),
    }));
    return {
      kind: o.byte(decl, MetavarDecl.kind),
      target: this.instantiate(o.field(decl, MetavarDecl.type)),
      hypotheses,
    };
  }

  /** All terms of a goal: types and values of its hypotheses, its target. */
  termsOf(mvarId) {
    const { hypotheses, target } = this.goal(mvarId);
    const all = hypotheses.flatMap((h) => (h.value === null ? [h.type] : [h.type, h.value]));
    return [...all, target];
  }

  /** {fvars, pending} if the metavariable waits for another one, else null. */
  delayed(mvarId) {
    const { objects: o } = this;
    const found = this.lean.call('l_Lean_MetavarContext_getDelayedMVarAssignmentCore_x3f',
      o.inc(this.mctx), o.inc(mvarId));
    if (o.isScalar(found)) return null;
    const assignment = o.field(this.hold(found), 0);
    return {
      fvars: o.elements(o.field(assignment, DelayedAssignment.fvars)),
      pending: o.field(assignment, DelayedAssignment.pending),
    };
  }
}

module.exports = { InstantiatedGoals, LABELLED, Terms };

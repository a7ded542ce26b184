'use strict';
/**
 * The independent obligations among the goals of a proof state: which goals belong together, and
 * a key and the symbols of each obligation.
 *
 * The key is a SHA-256 over the exact content of the goals as a list of numbered nodes, each
 * written once: hypotheses with their names as users see them (inaccessible ones with a dagger),
 * types, values and binder kinds; targets; universe levels. Local variables are numbered by
 * position, metavariables by first occurrence, with their own types and contexts. Left out are
 * case tags, names bound by lambda and let, and metadata, which no goal's meaning depends on.
 */

const { createHash } = require('node:crypto');
const { ExprTag, LevelTag } = require('./layouts.cjs');
const { LABELLED } = require('./terms.cjs');

const FORMAT = 'goal-key-1';

/** Writes goals as numbered nodes; equal nodes share a number. */
class Serialiser {
  constructor(goals) {
    this.goals = goals;
    this.terms = goals.terms;
    this.objects = goals.objects;
    this.names = goals.lean.names;
    this.nodes = new Map();
    this.exprIds = new Map();
    this.levelIds = new Map();
    this.fvars = new Map();
    this.mvars = new Map();
    this.levelMVars = new Map();
    this.symbols = new Set();
    this.auxiliary = () => null;
    this.expanding = new Set();
    this.labels = null; // numbers of the labels of `sorry`s, where only their difference counts
  }

  /**
   * The text of a term (borrowed) without free variables and metavariables. Labels of `sorry`s
   * count by their order only.
   *
   * @param auxiliary gives the terms (borrowed) by which a constant counts, or null for its name
   */
  static closedTerm(terms, expr, auxiliary) {
    const serialiser = new Serialiser({ terms, objects: terms.objects, lean: terms.lean });
    serialiser.auxiliary = auxiliary;
    serialiser.labels = new Map();
    const number = serialiser.expr(expr);
    return `${[...serialiser.nodes.keys()].join('\n')}\nterm ${number}`;
  }

  node(text) {
    const known = this.nodes.get(text);
    if (known !== undefined) return known;
    this.nodes.set(text, this.nodes.size);
    return this.nodes.size - 1;
  }

  number(table, key) {
    if (!table.has(key)) table.set(key, table.size);
    return table.get(key);
  }

  /** The whole text for a list of goals (MVarIds). */
  text(mvarIds) {
    const numbers = mvarIds.map((mvarId) => this.mvar(mvarId));
    return `${FORMAT}\n${[...this.nodes.keys()].join('\n')}\ngoals ${numbers.join(' ')}`;
  }

  // Metavariables and contexts ------------------------------------------------------------------

  mvar(mvarId) {
    const key = this.goals.key(mvarId);
    const known = this.mvars.get(key);
    if (known !== undefined) return known;
    const number = this.number(this.mvars, key);
    const delayed = this.goals.delayed(mvarId);
    if (delayed) {
      const pending = this.mvar(delayed.pending);
      const fvars = delayed.fvars.map((fvar) => this.expr(fvar));
      this.node(`delayed ${number} ${pending} ${fvars.join(' ')}`);
    } else {
      const { hypotheses, target } = this.goals.goal(mvarId);
      const context = hypotheses.map((h) => this.hypothesis(h));
      this.node(`mvar ${number} ${context.join(' ')} : ${this.expr(target)}`);
    }
    return number;
  }

  hypothesis({ fvar, userName, type, value, kind, binderInfo }) {
    const name = JSON.stringify(this.names.visible(userName));
    const typeId = this.expr(type);
    const valueId = value === null ? '' : this.expr(value);
    const number = this.number(this.fvars, fvar);
    return this.node(`hypothesis ${number} ${name} ${kind} ${binderInfo} ${typeId} ${valueId}`);
  }

  // Terms -------------------------------------------------------------------------------------

  expr(expr) {
    const known = this.exprIds.get(expr);
    if (known !== undefined) return known;
    const id = this.exprNode(expr);
    this.exprIds.set(expr, id);
    return id;
  }

  exprNode(expr) {
    const { objects: o } = this;
    const child = (i) => this.expr(o.field(expr, i));
    switch (o.tag(expr)) {
      case ExprTag.bvar: return this.node(`bvar ${this.goals.lean.natural(o.field(expr, 0))}`);
      case ExprTag.fvar:
        return this.node(`fvar ${this.number(this.fvars, this.goals.key(o.field(expr, 0)))}`);
      case ExprTag.mvar: return this.mvarNode(o.field(expr, 0));
      case ExprTag.sort: return this.node(`sort ${this.level(o.field(expr, 0))}`);
      case ExprTag.const: return this.constNode(expr);
      case ExprTag.app:
        if (this.labels !== null && this.terms.sorryArguments(expr) === LABELLED) {
          return this.labelNode(expr);
        }
        return this.node(`app ${child(0)} ${child(1)}`);
      case ExprTag.lam:
        return this.node(`lam ${this.terms.binderInfo(expr)} ${child(1)} ${child(2)}`);
      case ExprTag.forall: {
        const name = JSON.stringify(this.names.visible(o.field(expr, 0)));
        return this.node(`pi ${name} ${this.terms.binderInfo(expr)} ${child(1)} ${child(2)}`);
      }
      case ExprTag.let:
        return this.node(
          `let ${this.terms.binderInfo(expr)} ${child(1)} ${child(2)} ${child(3)}`,
        );
      case ExprTag.lit: return this.literalNode(o.field(expr, 0));
      case ExprTag.mdata: return child(1);
      case ExprTag.proj: {
        const structure = this.names.text(o.field(expr, 0));
        return this.node(`proj ${structure} ${o.unbox(o.field(expr, 1))} ${child(2)}`);
      }
      default: throw new Error(`unknown kind of term: ${o.tag(expr)}`);
    }
  }

  /** A `sorry` with its label, which says where it is and so changes with the text above. */
  labelNode(expr) {
    const { objects: o } = this;
    const label = new Serialiser(this.goals);
    label.expr(o.field(expr, 1));
    const number = this.number(this.labels, [...label.nodes.keys()].join('\n'));
    return this.node(`sorry ${this.expr(o.field(expr, 0))} ${number}`);
  }

  mvarNode(mvarId) {
    const number = this.mvar(mvarId);
    // Whether unification may assign it matters where it occurs, not where it is the goal.
    const kind = this.goals.delayed(mvarId) ? 'delayed' : this.goals.goal(mvarId).kind;
    return this.node(`?${number} ${kind}`);
  }

  constNode(expr) {
    const { objects: o } = this;
    const name = this.names.text(o.field(expr, 0));
    this.symbols.add(name);
    const levels = o.listElements(o.field(expr, 1)).map((level) => this.level(level));
    // What is being written already mentions itself; then its name has to do.
    const terms = this.expanding.has(name) ? null : this.auxiliary(name, o.field(expr, 0));
    if (terms !== null) {
      this.expanding.add(name);
      const parts = terms.map((term) => this.expr(term));
      this.expanding.delete(name);
      return this.node(`auxiliary ${parts.join(' ')} : ${levels.join(' ')}`);
    }
    return this.node(`const ${name} ${levels.join(' ')}`);
  }

  literalNode(literal) {
    const { objects: o } = this;
    const value = o.field(literal, 0);
    if (o.tag(literal) === 0) return this.node(`nat ${this.goals.lean.natural(value)}`);
    return this.node(`string ${JSON.stringify(o.text(value))}`);
  }

  level(level) {
    const known = this.levelIds.get(level);
    if (known !== undefined) return known;
    const id = this.levelNode(level);
    this.levelIds.set(level, id);
    return id;
  }

  levelNode(level) {
    const { objects: o } = this;
    const tag = o.tag(level);
    const child = (i) => this.level(o.field(level, i));
    if (tag === LevelTag.zero) return this.node('zero');
    if (tag === LevelTag.succ) return this.node(`succ ${child(0)}`);
    if (tag === LevelTag.max) return this.node(`max ${child(0)} ${child(1)}`);
    if (tag === LevelTag.imax) return this.node(`imax ${child(0)} ${child(1)}`);
    if (tag === LevelTag.param) return this.node(`param ${this.names.text(o.field(level, 0))}`);
    return this.node(`level? ${this.number(this.levelMVars, this.goals.key(o.field(level, 0)))}`);
  }
}

/** The metavariables that a goal depends on, through types, contexts and delayed assignments. */
class Dependencies {
  constructor(goals) {
    this.goals = goals;
    this.terms = goals.terms;
    this.objects = goals.objects;
    this.ofMVar = new Map();
  }

  /** Keys of all metavariables, of terms and of levels, that `mvarId` can share with others. */
  closure(mvarId) {
    const reached = new Map([[this.goals.key(mvarId), mvarId]]);
    const levels = new Set();
    for (const [key, id] of reached) {
      const { mvars, levels: own } = this.direct(key, id);
      mvars.forEach((other, otherKey) => reached.set(otherKey, other));
      own.forEach((level) => levels.add(level));
    }
    return new Set([...reached.keys(), ...levels]);
  }

  direct(key, mvarId) {
    let found = this.ofMVar.get(key);
    if (!found) {
      found = this.collect(mvarId);
      this.ofMVar.set(key, found);
    }
    return found;
  }

  collect(mvarId) {
    const { goals, objects: o, terms } = this;
    const mvars = new Map();
    const levels = new Set();
    const delayed = goals.delayed(mvarId);
    if (delayed) mvars.set(goals.key(delayed.pending), delayed.pending);
    const seen = new Set();
    const visit = (term) => {
      if (o.tag(term) === ExprTag.mvar) mvars.set(goals.key(o.field(term, 0)), o.field(term, 0));
      terms.levels(term, (level) => terms.levelLeaves(level, (tag, name) => {
        if (tag === LevelTag.mvar) levels.add(`level ${goals.key(name)}`);
      }));
    };
    const enter = (term) => terms.hasMVar(term);
    goals.termsOf(mvarId).forEach((term) => terms.traverse(term, visit, seen, enter));
    return { mvars, levels };
  }
}

/** Groups goals that share a metavariable; groups and goals keep the order of the goals. */
function groupGoals(goals, mvarIds) {
  if (mvarIds.length < 2) return mvarIds.length === 0 ? [] : [mvarIds];
  const dependencies = new Dependencies(goals);
  const groups = [];
  for (const mvarId of mvarIds) {
    const keys = dependencies.closure(mvarId);
    const [first, ...others] = groups.filter((g) => [...keys].some((key) => g.keys.has(key)));
    const target = first ?? { keys: new Set(), goals: [] };
    if (!first) groups.push(target);
    for (const other of others) {
      other.keys.forEach((key) => target.keys.add(key));
      target.goals.push(...other.goals);
      groups.splice(groups.indexOf(other), 1);
    }
    keys.forEach((key) => target.keys.add(key));
    target.goals.push(mvarId);
  }
  const order = new Map(mvarIds.map((mvarId, i) => [mvarId, i]));
  groups.forEach((group) => group.goals.sort((a, b) => order.get(a) - order.get(b)));
  return groups.map((group) => group.goals);
}

/** {key, symbols} of a list of goals that stay together. */
function describe(goals, mvarIds) {
  const serialiser = new Serialiser(goals);
  const key = createHash('sha256').update(serialiser.text(mvarIds)).digest('hex');
  return { key, symbols: [...serialiser.symbols] };
}

module.exports = { describe, groupGoals, Serialiser };

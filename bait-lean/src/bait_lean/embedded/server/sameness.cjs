'use strict';
/** Whether a constant still means the same after the holes of a text were filled. */

const { CommandState, ExprTag } = require('./layouts.cjs');
const { SORRY } = require('./forbidden.cjs');

class Sameness {
  constructor(lean, library, constants, reporter) {
    Object.assign(this, { lean, library, constants, reporter, objects: lean.objects });
    this.before = null; // the environment whose lemmas are being replaced
    this.replace = this.objects.keep(
      this.objects.callback((expr) => this.replacement(expr >>> 0), 1),
    );
  }

  /**
   * Compares a constant of two environment entries with the kernel of the first: its type and,
   * unless it is a theorem, its value. Proofs in them don't matter.
   */
  holds(name, entry, other) {
    const { objects: o } = this;
    const environment = o.field(entry.state, CommandState.env);
    const before = o.field(other.state, CommandState.env);
    return this.isSame(name, environment, before)
      && this.auxiliaries(name, environment, before)
        .every((auxiliary) => this.isSame(auxiliary, environment, before));
  }

  isSame(name, environment, before) {
    const { objects: o } = this;
    const found = [environment, before].map((env) => this.library.find(env, name));
    const same = found.every((info) => info !== null)
      && this.haveSameParts(environment, before, ...found.map((info) => this.library.read(info)));
    found.forEach((info) => info && o.dec(info));
    return same;
  }

  /**
   * The auxiliary definitions of both environments that a constant of the earlier one uses: with
   * the same name, they may mean something else, as when a recursive one is compiled to them.
   */
  auxiliaries(name, environment, before) {
    const { objects: o } = this;
    const info = this.library.find(before, name);
    const { type, value } = this.library.read(info);
    const names = [];
    this.library.uses(before, value === null ? [type] : [type, value], (n) => names.push(n));
    o.dec(info);
    return names.filter((n) => this.library.has(environment, n) && this.isMade(before, n));
  }

  /** Whether a constant is a definition that Lean has made. */
  isMade(environment, name) {
    const { objects: o } = this;
    const info = this.library.find(environment, name);
    if (info === null) return false;
    const { kind, name: leanName } = this.library.read(info);
    const answer = kind !== 'theorem' && this.reporter.isInternal(environment, leanName);
    o.dec(info);
    return answer;
  }

  haveSameParts(environment, before, left, right) {
    const isData = left.kind !== 'theorem' && left.value !== null;
    if (left.kind !== right.kind || isData !== (right.value !== null && right.kind !== 'theorem')) {
      return false;
    }
    return this.meansSame(environment, left.type, before, right.type)
      && (!isData || this.meansSame(environment, left.value, before, right.value));
  }

  meansSame(environment, left, before, right) {
    const plain = this.withoutLemmas(before, right);
    const same = this.constants.isSame(environment, left, plain);
    this.objects.dec(plain);
    return same;
  }

  /**
   * A term (borrowed) of the earlier environment with a bare `sorry` for each auxiliary theorem:
   * with the hole filled there may be others, or none. The result is owned.
   */
  withoutLemmas(before, term) {
    const outer = this.before;
    this.before = before;
    const result = this.lean.call('l_Lean_Expr_replaceImpl', this.objects.inc(this.replace),
      this.objects.inc(term));
    this.before = outer;
    return result;
  }

  /** Runs inside Expr.replace: what takes the place of a term (owned), as an Option. */
  replacement(expr) {
    const { lean, objects: o } = this;
    const info = o.tag(expr) === ExprTag.const ? this.lemma(o.field(expr, 0)) : null;
    if (info === null) {
      o.dec(expr);
      return o.nil;
    }
    const { type, levelParams } = this.library.read(info);
    const statement = lean.call('l_Lean_Expr_instantiateLevelParams', o.inc(type),
      o.inc(levelParams), o.take(expr, 1));
    [info, expr].forEach((object) => o.dec(object));
    const plain = this.withoutLemmas(this.before, statement);
    o.dec(statement);
    return o.some(this.bareSorry(plain));
  }

  /** The ConstantInfo (owned) of an auxiliary theorem of the earlier environment, or null. */
  lemma(leanName) {
    const { objects: o } = this;
    if (!this.reporter.isInternal(this.before, leanName)) return null;
    const info = this.library.find(this.before, this.lean.names.text(leanName));
    if (info === null || this.library.read(info).kind === 'theorem') return info;
    o.dec(info);
    return null;
  }

  /** `sorryAx statement false`; takes the statement. */
  bareSorry(statement) {
    const { lean, objects: o } = this;
    const constant = (name, levels) => lean.call('l_Lean_Expr_const___override',
      lean.names.make(name), o.list(levels));
    const sorry = constant(SORRY, [o.inc(o.global('l_Lean_levelZero'))]);
    return lean.call('l_Lean_mkApp2', sorry, statement, constant('Bool.false', []));
  }
}

module.exports = { Sameness };

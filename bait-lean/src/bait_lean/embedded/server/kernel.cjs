'use strict';
/** Questions to Lean's kernel about closed terms. */

const DIFFERENT = 'the terms are not the same';

class Kernel {
  constructor(lean) {
    Object.assign(this, { lean, objects: lean.objects });
  }

  /** The kernel's objection to a closed proof (borrowed) of a statement (borrowed), or ''. */
  objection(environment, proof, statement) {
    const { objects: o } = this;
    const inferred = this.ask('lean_kernel_check', environment, o.inc(proof));
    if (o.tag(inferred) === 0) return this.exceptionText(inferred);
    const difference = this.difference(environment, o.field(inferred, 0), statement);
    o.dec(inferred);
    return difference === DIFFERENT ? 'the proof is of another statement' : difference;
  }

  /** Why two terms (borrowed) are not the same for the kernel, or ''. */
  difference(environment, left, right) {
    const { objects: o } = this;
    const same = this.ask('lean_kernel_is_def_eq', environment, o.inc(left), o.inc(right));
    if (o.tag(same) === 0) return this.exceptionText(same);
    const isSame = o.unbox(o.field(same, 0)) === 1;
    o.dec(same);
    return isSame ? '' : DIFFERENT;
  }

  /** The text of the Kernel.Exception of an Except (consumed). */
  exceptionText(failure) {
    const { lean, objects: o } = this;
    const data = lean.call('l_Lean_Kernel_Exception_toMessageData', o.take(failure, 0),
      lean.noOptions());
    o.dec(failure);
    const text = o.takeText(lean.call('l_Lean_MessageData_toString', data));
    return text.trim();
  }

  /** Whether a type (borrowed) is a proposition. */
  isProposition(environment, type) {
    const { lean, objects: o } = this;
    const sort = this.ask('lean_kernel_check', environment, o.inc(type));
    if (o.tag(sort) === 0) {
      o.dec(sort);
      return false;
    }
    const prop = lean.call('l_Lean_Expr_sort___override', o.inc(o.global('l_Lean_levelZero')));
    const isSame = this.difference(environment, o.field(sort, 0), prop) === '';
    [sort, prop].forEach((object) => o.dec(object));
    return isSame;
  }

  /** The Except (owned) that a kernel function answers, for an environment and owned terms. */
  ask(symbol, environment, ...terms) {
    const { lean, objects: o } = this;
    return lean.call(symbol, o.inc(environment), o.inc(o.global('l_Lean_LocalContext_empty')),
      ...terms);
  }
}

module.exports = { Kernel };

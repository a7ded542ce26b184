'use strict';
/**
 * Statements of constants as texts that elaborate: Lean's own printer with more and more detail,
 * until the text elaborates to the very type.
 */

const { CommandState } = require('./layouts.cjs');
const { RequestError } = require('./errors.cjs');
const { Kernel } = require('./kernel.cjs');

const PROBE = 'bait_statement_probe';
const NOT_A_PROPOSITION = /is not a proposition/;
const ALWAYS = ['pp.fullNames true', 'pp.deepTerms true', 'pp.proofs true', 'pp.maxSteps 1000000'];
/** Options of the printer, from readable to explicit. */
const STYLES = [
  [],
  ['pp.numericTypes true', 'pp.fieldNotation false', 'pp.piBinderTypes true',
    'pp.funBinderTypes true', 'pp.structureInstances false', 'pp.analyze true'],
  ['pp.numericTypes true', 'pp.fieldNotation false', 'pp.funBinderTypes true',
    'pp.coercions false', 'pp.structureInstances false', 'pp.explicit true'],
  ['pp.explicit true', 'pp.universes true', 'pp.notation false', 'pp.coercions false',
    'pp.fieldNotation false', 'pp.structureInstances false', 'pp.funBinderTypes true',
    'pp.letVarTypes true', 'pp.match false'],
];

class Constants {
  constructor(lean, frontend, library) {
    Object.assign(this, { lean, frontend, library, objects: lean.objects });
    this.kernel = new Kernel(lean);
  }

  /** {name, statement, kind, isProp, exact} of a constant in an environment entry. */
  describe(entry, name) {
    const { objects: o } = this;
    const environment = o.field(entry.state, CommandState.env);
    const info = this.library.find(environment, name);
    if (info === null) throw new RequestError(`Unknown constant '${name}'.`);
    const { type, kind } = this.library.read(info);
    const exported = this.library.index(environment).ofName.get(name);
    const { statement, isProp, exact } = this.statement(entry, name, type);
    o.dec(info);
    return { name, statement, kind: exported?.kind ?? kind, isProp, exact };
  }

  /** The first style whose text elaborates to `type`; else the most explicit text. */
  statement(entry, name, type) {
    let last;
    for (const style of STYLES) {
      const statement = this.print(entry, name, style);
      last = { statement, ...this.probe(entry, statement, type) };
      if (last.exact) return last;
    }
    return last;
  }

  print(entry, name, style) {
    const options = [...ALWAYS, ...style].map((option) => `set_option ${option} in\n`).join('');
    const { state, messages } = this.frontend.run(`${options}#check @${name}`, entry);
    this.objects.dec(state);
    const text = messages.find((message) => message.severity === 'info')?.data;
    if (text === undefined) {
      throw new RequestError(`'${name}' cannot be printed: ${messages[0]?.data ?? 'no reason'}`);
    }
    return text.slice(text.indexOf(' :') + 2).trim().replaceAll(/\s*\n\s*/g, ' ');
  }

  /** Elaborates a statement: {isProp, exact}. */
  probe(entry, statement, type) {
    const theorem = this.elaborate(entry, 'theorem', statement, type);
    if (!theorem.messages.some((message) => NOT_A_PROPOSITION.test(message.data))) {
      return { isProp: true, exact: theorem.exact };
    }
    const { exact } = this.elaborate(entry, 'noncomputable def', statement, type);
    return { isProp: false, exact };
  }

  elaborate(entry, keyword, statement, type) {
    const { objects: o } = this;
    const text = `${keyword} _root_.${PROBE} : ${statement} := sorry`;
    const { state, messages, holes } = this.frontend.run(text, entry);
    holes.forEach((hole) => hole.release());
    const environment = o.field(state, CommandState.env);
    const info = this.library.find(environment, PROBE);
    const failed = info === null || messages.some((message) => message.severity === 'error');
    const exact = !failed && this.isSame(environment, this.library.read(info).type, type);
    if (info !== null) o.dec(info);
    o.dec(state);
    return { messages, exact };
  }

  /** Whether two types (borrowed) are the same for the kernel, up to names of universes. */
  isSame(environment, left, right) {
    const renamed = this.renameUniverses(right, this.universes(right), this.universes(left));
    const isSame = this.kernel.difference(environment, left, renamed) === '';
    this.objects.dec(renamed);
    return isSame;
  }

  /** The universe parameters of a term, in order of their first occurrence. */
  universes(type) {
    const { terms } = this.library;
    const names = new Set();
    terms.traverse(type, (term) => terms.levels(term, (level) => {
      terms.levelLeaves(level, (_, name) => names.add(this.lean.names.text(name)));
    }));
    return [...names];
  }

  renameUniverses(type, from, to) {
    const { lean, objects: o } = this;
    if (from.length !== to.length) return o.inc(type);
    const names = from.map((name) => lean.names.make(name));
    const levels = to.map((name) => lean.call('l_Lean_Level_param___override',
      lean.names.make(name)));
    return lean.call('l_Lean_Expr_instantiateLevelParams', o.inc(type), o.list(names),
      o.list(levels));
  }
}

module.exports = { Constants };

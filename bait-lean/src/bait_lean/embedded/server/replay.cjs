'use strict';
/** Sends what a text adds through Lean's kernel once more, in an environment of its imports. */

const { ConstantInfo } = require('./layouts.cjs');
const { FORBIDDEN, SORRY } = require('./forbidden.cjs');
const { Terms } = require('./terms.cjs');

class Replay {
  constructor(lean, library) {
    Object.assign(this, { lean, library, objects: lean.objects });
    this.terms = new Terms(lean);
  }

  /**
   * Sends constants through the kernel, with default options, on top of an environment (borrowed):
   * Lean's own `Environment.replay`, as lean4checker does.
   *
   * @returns {{replayed, left}} the new environment (owned), and the names of those left out: they
   *   are unsafe or partial, or trust the compiler, which could not run their code here
   */
  run(imports, environment, constants) {
    const left = this.unchecked(imports, environment, constants);
    const checked = new Map([...constants].filter(([name]) => !left.has(name)));
    return { replayed: this.extended(environment, checked), left };
  }

  /** An environment (borrowed) with constants that the kernel accepts; raises LeanException. */
  extended(environment, constants) {
    const { lean, objects: o } = this;
    const pairs = [...constants.values()].map((info) => (
      o.pair(o.inc(this.library.read(info).name), o.inc(info))
    ));
    const map = lean.call('l_Std_HashMap_ofList___redArg', o.inc(o.global('l_Lean_Name_instBEq')),
      o.inc(o.global('l_Lean_instHashableName')), o.list(pairs));
    return lean.io('l_Lean_Environment_replay', map, o.inc(environment));
  }

  /** The names of constants that mention what the kernel can't or may not be asked about. */
  unchecked(imports, environment, constants) {
    const left = new Set([...constants].filter(([, info]) => this.isUnsafe(info)).map(([n]) => n));
    const isKnown = (name) => (name === SORRY || !FORBIDDEN.has(name)) && (
      constants.has(name) || this.library.isImported(imports, name)
      || this.library.has(environment, name)
    );
    const mentioned = new Map([...constants].map(([name, info]) => [name, this.mentions(info)]));
    for (let size = -1; size !== left.size;) {
      size = left.size;
      for (const [name, names] of mentioned) {
        if (names.some((n) => left.has(n) || !isKnown(n))) left.add(name);
      }
    }
    return left;
  }

  /** The names of the constants that a constant mentions; of an inductive, its constructors too. */
  mentions(info) {
    const { type, value, kind } = this.library.read(info);
    const names = this.terms.constants(type);
    if (value !== null) this.terms.constants(value, names);
    if (kind === 'inductive') this.constructors(info).forEach((name) => names.add(name));
    return [...names];
  }

  constructors(info) {
    const { objects: o } = this;
    const list = o.field(o.field(info, 0), ConstantInfo.inductive.constructors);
    return o.listElements(list).map((name) => this.lean.names.text(name));
  }

  /** Whether a constant is `unsafe` or `partial`. */
  isUnsafe(info) {
    const { lean, objects: o } = this;
    return ['l_Lean_ConstantInfo_isUnsafe', 'l_Lean_ConstantInfo_isPartial']
      .some((symbol) => o.unbox(lean.call(symbol, o.inc(info))) !== 0);
  }
}

module.exports = { Replay };

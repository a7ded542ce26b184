'use strict';
/** Lean's hierarchical names as texts, and back. */

const { NameTag } = require('./layouts.cjs');

const PLAIN = /^[A-Za-z_][A-Za-z0-9_'!?]*$/; // a component that never needs «»
const COMPONENT = /«([^»]*)»|([^.«]+)/g;
const HYGIENE = '_hyg';

class Names {
  constructor(lean) {
    this.lean = lean;
    this.objects = lean.objects;
  }

  /** The components of a name (borrowed), outermost first: strings and numbers. */
  components(name) {
    const { objects: o } = this;
    const parts = [];
    for (let n = name; !o.isScalar(n); n = o.field(n, 0)) {
      const part = o.field(n, 1);
      parts.push(o.tag(n) === NameTag.str ? o.text(part) : Number(this.lean.natural(part)));
    }
    return parts.reverse();
  }

  /**
   * The text of a name as Lean prints it, with «» where needed; different for different names:
   * what no «» can quote, which only programs can make, is written as JSON.
   */
  text(name) {
    const parts = this.components(name);
    if (parts.every((part) => typeof part !== 'string' || PLAIN.test(part))) return parts.join('.');
    if (parts.some((part) => part === '' || /[«»]/.test(part))) return JSON.stringify(parts);
    return this.escapedText(name);
  }

  escapedText(name) {
    const { lean, objects: o } = this;
    return o.takeText(lean.call('l_Lean_Name_toString', o.inc(name), o.box(1), lean.never()));
  }

  /** An owned name from its text. */
  make(text) {
    const { lean, objects: o } = this;
    return [...text.matchAll(COMPONENT)].reduce((prefix, [, quoted, plain]) => {
      if (quoted === undefined && /^\d+$/.test(plain)) {
        return lean.call('l_Lean_Name_num___override', prefix, lean.makeNatural(Number(plain)));
      }
      return lean.call('l_Lean_Name_str___override', prefix, o.string(quoted ?? plain));
    }, o.nil);
  }

  /** What users see of a local name: inaccessible ones end in a dagger. */
  visible(name) {
    const parts = this.components(name);
    if (parts.at(-2) !== HYGIENE && !parts.includes(HYGIENE)) return parts.join('.');
    return `${parts.slice(0, parts.indexOf('_@')).join('.')}✝`;
  }
}

module.exports = { Names };
